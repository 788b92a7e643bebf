/** Puts together what keeps this node's copies good: finding faults, moving bad copies aside, seeing good ones come back. */
import type { Logger, Metrics } from '@netstore/service-kit';
import type { BlobStore } from '../blobs/blob-store.ts';
import { readScrubCursor, writeScrubCursor } from '../blobs/scrub-cursor.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Members } from '../replication/members.ts';
import type { Peer } from '../replication/peers.ts';
import type { Replicator } from '../replication/replicator.ts';
import { takeCensus } from './census.ts';
import { comparePeers } from './compare-peers.ts';
import { DebtSurvey } from './debt-survey.ts';
import { FaultCounts } from './fault-counts.ts';
import type { FaultJournal } from './fault-journal.ts';
import { Foreground } from './foreground.ts';
import { LogProof } from './log-proof.ts';
import { Quarantine } from './quarantine.ts';
import { Recoveries } from './recoveries.ts';
import { Scrub } from './scrub.ts';

export interface RepairOptions {
  readonly dataDir: string;
  readonly log: ReplicatedLog;
  readonly blobs: BlobStore;
  readonly catalogue: Catalogue;
  readonly replicator: Replicator;
  readonly members: Members;
  readonly peers: readonly Peer[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Every replica is read again within this time. */
  readonly scrubPeriodMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onFatal: (error: unknown) => void;
}

export class Repair implements AsyncDisposable {
  readonly quarantine: Quarantine;
  readonly scrub: Scrub;
  readonly debtSurvey: DebtSurvey;
  readonly faults: FaultJournal;
  readonly foreground = new Foreground();
  readonly #ended = new AbortController();
  readonly #tasks: readonly Promise<void>[];

  static async start(options: RepairOptions): Promise<Repair> {
    return new Repair(options, await readScrubCursor(options.dataDir));
  }

  private constructor(options: RepairOptions, cursor: Awaited<ReturnType<typeof readScrubCursor>>) {
    const { replicator, onFatal } = options;
    const { applier } = replicator;
    const counts = new FaultCounts(options.metrics, options.now);
    this.faults = counts.journal;
    const shared = { ...options, applier, counts };
    const logProof = new LogProof(shared);
    const recoveries = new Recoveries({
      ...shared,
      missingBlobs: () => applier.debt.blobs,
      takeAgain: (blobId, reason) => this.quarantine.take(blobId, reason, 'scrub'),
    });
    const survey = new DebtSurvey({
      ...shared,
      arrivals: replicator.arrivals,
      isMember: (nodeId, incarnation) => options.members.isFull(nodeId, incarnation),
      onSettled: () => replicator.following.recheck(),
    });
    this.debtSurvey = survey;
    this.quarantine = new Quarantine({
      ...shared,
      onOwed: async (blob) => {
        recoveries.follow(blob);
        await applier.refreshDebt();
        survey.urge();
      },
    });
    this.scrub = new Scrub({
      ...shared,
      quarantine: this.quarantine,
      foreground: this.foreground,
      periodMs: options.scrubPeriodMs,
      cursor,
      writeCursor: (reached) => writeScrubCursor(options.dataDir, reached),
      takeCensus: (signal) => takeCensus({ ...shared, quarantine: this.quarantine }, signal),
      proveRecords: async (giveWay, signal) => {
        const proven = await logProof.prove(giveWay, signal);
        // A catalogue that is not what the log makes of it is moved aside, and the process ends: the next start makes it again.
        await options.catalogue.proof.verify(signal);
        if (replicator.term?.isServing === true) {
          const takeOwn = () => this.scrub.takeCensus(signal);
          counts.disagreeing = (await comparePeers({ ...shared, takeOwn }, signal)) ?? counts.disagreeing;
        }
        return proven;
      },
      settled: (deadlineMs, signal) => recoveries.settled(deadlineMs, signal),
    });
    const { signal } = this.#ended;
    this.#tasks = [this.scrub.run(signal), recoveries.run(signal), survey.run(signal)].map((task) =>
      task.catch((error: unknown) => {
        if (!signal.aborted) onFatal(error);
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#tasks);
  }
}
