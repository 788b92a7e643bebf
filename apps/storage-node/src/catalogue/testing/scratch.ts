/** A catalogue on this thread, in a directory of its own, with a chain of records to apply: what most tests need. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobId, FilePath } from '@netstore/shared-types';
import type { EntryRow, Operation, Outcome } from '@netstore/wire-protocol';
import type { LogRecord } from '../../log/record.ts';
import type { CommittedOutcome } from '../apply/apply-operation.ts';
import { openDatabase } from '../open-database.ts';
import { OpenedCatalogue } from '../opened-catalogue.ts';
import { RecordChain, type RecordOptions, SPACE } from './record-chain.ts';

export interface ScratchDirectory extends Disposable {
  readonly path: string;
  readonly quarantineDir: string;
}

export function scratchDirectory(): ScratchDirectory {
  const dir = mkdtempSync(join(tmpdir(), 'netstore-catalogue-'));
  return {
    path: join(dir, 'catalogue.db'),
    quarantineDir: join(dir, 'quarantine'),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export class ScratchCatalogue implements Disposable {
  readonly #directory = scratchDirectory();
  readonly #database = openDatabase(this.#directory).database;
  readonly opened = new OpenedCatalogue(this.#database);
  readonly chain = new RecordChain();

  apply(operation: Operation, options?: RecordOptions, missing: readonly BlobId[] = []): CommittedOutcome {
    const [applied] = this.applyRecords([this.chain.operation(operation, options)], missing);
    if (applied === undefined) throw new Error('Nothing was applied');
    return applied;
  }

  /** What is answered, as it arrives on the other thread. */
  applyRecords(records: readonly LogRecord[], missing: readonly BlobId[] = []): CommittedOutcome[] {
    const reply = structuredClone(this.opened.apply(Buffer.concat(records.map((record) => record.encoded)), missing));
    return reply.records.flatMap(({ committed }) => committed ?? []);
  }

  /** Applies what has to be accepted. */
  accept(operation: Operation): Outcome & { isAccepted: true } {
    const { outcome } = this.apply(operation);
    if (!outcome.isAccepted) throw new Error(`Rejected: ${outcome.code} ${outcome.message}`);
    return outcome;
  }

  /** The code of the rejection; 'accepted' when there is none. */
  codeOf(operation: Operation): string {
    const { outcome } = this.apply(operation);
    return outcome.isAccepted ? 'accepted' : outcome.code;
  }

  entry(path: string): EntryRow | null {
    return this.opened.getEntry({ space: SPACE, path: path as FilePath, withVersions: false }).entry;
  }

  /** Every path below a folder, folders with a slash at the end, in the order of the listing. */
  tree(folder = ''): string[] {
    const page = this.opened.listEntries({
      space: SPACE,
      folder: folder as FilePath,
      after: null,
      limit: 1000,
      sort: 'name',
      order: 'asc',
    });
    return page.entries.flatMap((row) => (row.file === null ? [`${row.path}/`, ...this.tree(row.path)] : [row.path]));
  }

  /** The first column of the first row. */
  query(sql: string): unknown {
    return this.#database.prepare(sql).pluck().get();
  }

  rows(sql: string): unknown[] {
    return this.#database.prepare(sql).all();
  }

  /** Whatever its records did, the running digest was told of every row that they changed. */
  [Symbol.dispose](): void {
    try {
      this.opened.proveRows(true, Number.POSITIVE_INFINITY);
    } finally {
      this.#database.close();
      this.#directory[Symbol.dispose]();
    }
  }
}
