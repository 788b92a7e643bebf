/** What was found wrong on this node and made right again: one place that counts, for metrics and for whoever asks. */
import type { Metrics } from '@netstore/service-kit';
import { type BlobId, versionIdAt } from '@netstore/shared-types';
import type { FaultEventKind } from '@netstore/wire-protocol';
import type { ReferencedBlob } from '../catalogue/catalogue.ts';
import { FaultJournal } from './fault-journal.ts';

/** `scrub`: also by comparing names. */
export type Finder = 'read' | 'scrub';

/** `what` names the copies or records, for people. A bad catalogue ends the process, which counts nothing any more. */
interface Found {
  readonly kind: 'damaged' | 'gone' | 'log-damaged';
  readonly finder: Finder;
  readonly what: string;
  readonly count?: number;
}

interface Repaired {
  readonly kind: 'repaired' | 'log-repaired';
  readonly what: string;
  readonly count?: number;
}

export class FaultCounts {
  found = 0;
  repaired = 0;
  /** Moved out of blobs/ because nothing refers to them. */
  strays = 0;
  /** Blobs that this node lacks and that both others say they do not hold; undefined while it lacks some and one of them has not said. */
  lost: number | undefined;
  /** Nodes whose census differed from this one's at the same seq, when it was last compared. */
  disagreeing = 0;
  /** Everything that is here was proven after this; undefined before a round has come to its end. */
  provenSinceMs: number | undefined;
  /** Each of them, for the audit. */
  readonly journal: FaultJournal;
  readonly #found;
  readonly #repaired;
  readonly #strays;
  readonly #bytes;

  constructor(metrics: Metrics, now: () => number) {
    this.journal = new FaultJournal(now);
    this.#found = metrics.counter({
      name: 'netstore_faults_found_total',
      help: 'Copies of blobs and of records of the log that were bad or gone, by who noticed',
      labelNames: ['kind', 'finder'],
    });
    this.#repaired = metrics.counter({ name: 'netstore_faults_repaired_total', help: 'Those made good again', labelNames: ['kind'] });
    this.#strays = metrics.counter({
      name: 'netstore_stray_files_total',
      help: 'Files moved out of blobs/ because nothing refers to them',
    });
    this.#bytes = metrics.counter({ name: 'netstore_scrubbed_bytes_total', help: 'Bytes of blobs and log that the scrub has read' });
    const counts = this;
    metrics.gauge({
      name: 'netstore_blobs_lost',
      help: 'Blobs that files need and that no node has: restore them from a backup; NaN while that is not known',
      collect() {
        this.set(counts.lost ?? Number.NaN);
      },
    });
    metrics.gauge({
      name: 'netstore_census_disagreements',
      help: 'Nodes that differed from the primary at the same seq when they were last compared; asked of the primary',
      collect() {
        this.set(counts.disagreeing);
      },
    });
    metrics.gauge({
      name: 'netstore_oldest_proof_age_seconds',
      help: 'No copy on this node was proven longer ago; NaN before the first round has come to its end',
      collect() {
        this.set(counts.provenSinceMs === undefined ? Number.NaN : (now() - counts.provenSinceMs) / 1000);
      },
    });
  }

  countFound({ kind, finder, what, count = 1 }: Found): void {
    this.found += count;
    this.#found.inc({ kind: labelOf(kind), finder }, count);
    this.journal.note(kind, `${what}, noticed by ${finder === 'read' ? 'a read' : 'the scrub'}`);
  }

  countRepaired({ kind, what, count = 1 }: Repaired): void {
    this.repaired += count;
    this.#repaired.inc({ kind: labelOf(kind) }, count);
    this.journal.note(kind, what);
  }

  countStray(): void {
    this.strays += 1;
    this.#strays.inc();
  }

  countBytes(bytes: number): void {
    this.#bytes.inc(bytes);
  }
}

function labelOf(kind: FaultEventKind): 'record' | 'blob' {
  return kind.startsWith('log-') ? 'record' : 'blob';
}

/** `null`: nothing refers to it. */
export function nameBlob(blobId: BlobId, blob: ReferencedBlob | null): string {
  return `blob ${blobId} ${blob === null ? 'that no file needs' : `of version ${versionIdAt(blob.contentId)}`}`;
}
