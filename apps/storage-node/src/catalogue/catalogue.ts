/**
 * The catalogue: what the log says, as tables one can ask. A handle for the main thread; all work with the file happens in a worker
 * thread, one call after the other. It decides nothing about replication, and knows no blob's bytes.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type BlobId, type FilePath, NetStoreError, type OperationId, type SpaceId, type VersionId } from '@netstore/shared-types';
import { type BlobRef, type Debt, type LogPosition, type ManifestPage, unpackBlobRefs } from '@netstore/wire-protocol';
import type { LogRecord } from '../log/record.ts';
import type { CommittedOutcome } from './apply/apply-operation.ts';
import type { AppliedRecord, Disputed } from './apply/apply-records.ts';
import { CallQueue } from './call-queue.ts';
import type { CatalogueState, CensusTaken, DebtPosition, Failure, Greeting } from './calls.ts';
import { CatalogueProof } from './catalogue-proof.ts';
import { inBatches } from './in-batches.ts';
import type { EntryFound } from './queries/entry.ts';
import type { FileFound } from './queries/file.ts';
import type { ListingFound } from './queries/listing.ts';
import type { ListingQuery } from './queries/listing-query.ts';
import type { BlobTotals, ReferencedBlob } from './queries/referenced-blobs.ts';
import type { MissingBlob } from './tables/debt-table.ts';
import type { ClusterState } from './tables/meta-table.ts';
import type { TrashName } from './tables/trash-table.ts';
import { Trash } from './trash.ts';

export type {
  AppliedRecord,
  BlobTotals,
  CensusTaken,
  ClusterState,
  CommittedOutcome,
  DebtPosition,
  EntryFound,
  FileFound,
  ListingFound,
  ListingQuery,
  MissingBlob,
  ReferencedBlob,
  TrashName,
};

/** Encoded records of one group. */
export const APPLY_BYTES_MAX = 8 * 1024 * 1024;
const DEBT_START: DebtPosition = { seq: -1, blobId: null };

export interface CatalogueOptions {
  readonly path: string;
  /** Where a damaged file is moved. */
  readonly quarantineDir: string;
  /** The file or its thread failed: the process must end. Default: the error is thrown where nobody catches it. */
  readonly onFatal?: (error: Error) => void;
  /** A checkpoint of the log is wrong: this catalogue differs from it although it was made again from the log because of it. */
  readonly onDisputed?: (disputed: Disputed) => void;
}

export class Catalogue implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #queue: CallQueue;
  #state: CatalogueState;
  #isEnded = false;
  /** The thread was asked to end: that it does is no failure, and its end may be heard of before its answer is. */
  #isClosing = false;
  /** Where a damaged or outdated file was moved at the start; the log has to be replayed from its beginning. Undefined when it was sound. */
  readonly movedTo: string | undefined;
  readonly trash: Trash;
  readonly #onDisputed: (disputed: Disputed) => void;
  readonly proof: CatalogueProof;

  private constructor(worker: Worker, { state, movedTo }: Extract<Greeting, { kind: 'opened' }>, options: CatalogueOptions) {
    const { onFatal = throwUncaught, onDisputed = () => undefined } = options;
    this.#onDisputed = onDisputed;
    this.#worker = worker;
    this.#queue = new CallQueue(worker, (error) => {
      end(error);
      void worker.terminate();
    });
    this.trash = new Trash(this.#queue);
    this.proof = new CatalogueProof(this.#queue);
    this.#state = state;
    this.movedTo = movedTo;
    const end = (error: Error): void => {
      if (this.#isEnded) return;
      this.#isEnded = true;
      this.#queue.end(error);
      onFatal(error);
    };
    worker.once('error', (error) => end(new NetStoreError('NS_INTERNAL', `Catalogue failed: ${String(error)}`, { cause: error })));
    worker.once('exit', (code) => {
      if (!this.#isClosing || code !== 0) end(new NetStoreError('NS_INTERNAL', `Thread of the catalogue ended with code ${code}`));
    });
  }

  /** Throws `NS_DATA_DIRECTORY` when the file cannot be used. A damaged file is moved aside and begun anew, see `movedTo`. */
  static async open(options: CatalogueOptions): Promise<Catalogue> {
    const { path, quarantineDir } = options;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { path, quarantineDir }, name: 'catalogue' });
    const [greeting] = (await once(worker, 'message')) as [Greeting];
    if (greeting.kind === 'refused') {
      await worker.terminate();
      throw errorOf(greeting.failure);
    }
    return new Catalogue(worker, greeting, options);
  }

  /** The last applied record; `(0, zeros)` when there is none. */
  get applied(): LogPosition {
    return this.#state.applied;
  }

  /** What the last applied records that speak of it said. */
  get clusterState(): ClusterState {
    return this.#state.cluster;
  }

  /** All of it as of the last group that was applied, the digest included. */
  get state(): CatalogueState {
    return this.#state;
  }

  /**
   * Applies records as one transaction; they must follow on `applied`, else it throws `NS_LOG_DAMAGED` and nothing is changed.
   * `missing`: those of their blobs that this node does not hold. `aborted`: seqs of those that a later epoch declared void. A process
   * that dies in the middle finds either all of them applied or none; a power cut may take applied records back, which are then applied
   * again from the log. Throws `NS_CATALOGUE_DAMAGED` when a checkpoint shows that the tables are wrong: they are in quarantine then, and
   * the process is ended.
   */
  async apply(records: readonly LogRecord[], missing: ReadonlySet<BlobId>, aborted: readonly number[] = []): Promise<AppliedRecord[]> {
    const bytes = records.reduce((sum, record) => sum + record.encoded.length, 0);
    if (bytes > APPLY_BYTES_MAX)
      throw new NetStoreError('NS_INTERNAL', `Group of records is too large: ${bytes} bytes, at most ${APPLY_BYTES_MAX}`);
    // A buffer of its own: it changes hands.
    const group = new Uint8Array(Buffer.concat(records.map(({ encoded }) => encoded)));
    const { records: applied, ...state } = await this.#queue.call(['apply', group, [...missing], aborted], [group.buffer]);
    this.#state = state;
    for (const { disputed } of applied) if (disputed !== undefined) this.#onDisputed(disputed);
    return applied;
  }

  getEntry(space: SpaceId, path: FilePath, { withVersions }: { readonly withVersions: boolean }): Promise<EntryFound> {
    return this.#queue.call(['getEntry', { space, path, withVersions }]);
  }

  /** Throws `NS_BAD_CURSOR`. */
  listEntries({ space, folder, after, limit, sort, order }: ListingQuery): Promise<ListingFound> {
    return this.#queue.call(['listEntries', { space, folder, after, limit, sort, order }]);
  }

  getFile(space: SpaceId, path: FilePath, version: VersionId | null, firstByte: number): Promise<FileFound> {
    return this.#queue.call(['getFile', { space, path, version, firstByte }]);
  }

  /** Null when there is no such content. */
  getManifest(contentId: number, firstByte: number): Promise<ManifestPage | null> {
    return this.#queue.call(['getManifest', contentId, firstByte]);
  }

  /** What all versions in each of the spaces take. */
  usage(spaces: readonly SpaceId[]): Promise<number[]> {
    return this.#queue.call(['usage', spaces]);
  }

  /** Null when the operation was never applied or its outcome has expired by this time: a retry is then an operation of its own. */
  getOutcome(operationId: OperationId, timeMs: number): Promise<CommittedOutcome | null> {
    return this.#queue.call(['getOutcome', operationId, timeMs]);
  }

  /** Whether a record of this time would only repeat what was decided before: an outcome counts until it expires, and is pruned later. */
  isDecided(operationId: OperationId, timeMs: number): Promise<boolean> {
    return this.#queue.call(['isDecided', operationId, timeMs]);
  }

  /** All blobs of a content in the order of the file; null when there is no such content. */
  async blobsOf(contentId: number): Promise<BlobRef[] | null> {
    const runs = await this.#queue.call(['blobsOf', contentId]);
    return runs?.flatMap(unpackBlobRefs) ?? null;
  }

  /** Those of the blobs that a content refers to. */
  async isReferenced(blobIds: readonly BlobId[]): Promise<ReadonlySet<BlobId>> {
    const referenced = new Set<BlobId>();
    for (const ids of inBatches(blobIds)) {
      for (const blobId of await this.#queue.call(['referenced', ids])) referenced.add(blobId);
    }
    return referenced;
  }

  /** What this node should hold and does not. */
  debt(): Promise<Debt> {
    return this.#queue.call(['debt']);
  }

  /** Missing blobs, those of the oldest records first; `after` goes on behind one that was given before. */
  nextDebt(limit: number, after: DebtPosition = DEBT_START): Promise<MissingBlob[]> {
    return this.#queue.call(['nextDebt', limit, { seq: after.seq, blobId: after.blobId }]);
  }

  /** These blobs are here now. */
  async settleDebt(blobIds: readonly BlobId[]): Promise<void> {
    for (const ids of inBatches(blobIds)) await this.#queue.call(['settleDebt', ids]);
  }

  /** These blobs turned out bad or gone. Those that no content refers to are passed over. Gives those that are debt only now. */
  async addDebt(blobIds: readonly BlobId[]): Promise<BlobId[]> {
    return (await Promise.all(inBatches(blobIds).map((ids) => this.#queue.call(['addDebt', ids])))).flat();
  }

  /** Null when no content refers to it. */
  findBlob(blobId: BlobId): Promise<ReferencedBlob | null> {
    return this.#queue.call(['findBlob', blobId]);
  }

  /** Blobs that contents refer to, in the order of their ids; from the beginning when `after` is null. */
  blobsAfter(after: BlobId | null, limit: number): Promise<ReferencedBlob[]> {
    return this.#queue.call(['blobsAfter', after, limit]);
  }

  /** Of all blobs that contents refer to. */
  blobTotals(): Promise<BlobTotals> {
    return this.#queue.call(['blobTotals']);
  }

  /** Live files whose current content is of a record above `seq`; counting stops at 100,000. */
  countFilesAbove(seq: number): Promise<number> {
    return this.#queue.call(['countFilesAbove', seq]);
  }

  /** All that is applied survives a power cut once it returns. */
  checkpoint(): Promise<void> {
    return this.#queue.call(['checkpoint']);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isEnded || this.#isClosing) return;
    this.#isClosing = true;
    await this.#queue.call(['close']);
    this.#isEnded = true;
    this.#queue.end(new NetStoreError('NS_UNAVAILABLE', 'Catalogue is closed'));
    await this.#worker.terminate();
  }
}

function errorOf({ code, message, details }: Failure): NetStoreError {
  return new NetStoreError(code, message, { details });
}

function throwUncaught(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
