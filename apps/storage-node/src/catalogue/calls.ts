/** What the main thread may ask of the worker thread that has the catalogue open, and how question and answer travel. */
import type { BlobId, ErrorCode, OperationId, Sha256, SpaceId } from '@netstore/shared-types';
import type { Debt, LogPosition, ManifestPage } from '@netstore/wire-protocol';
import type { CommittedOutcome } from './apply/apply-operation.ts';
import type { AppliedRecord } from './apply/apply-records.ts';
import type { EntryFound, EntryQuery } from './queries/entry.ts';
import type { FileFound, FileQuery } from './queries/file.ts';
import type { ListingFound } from './queries/listing.ts';
import type { ListingQuery } from './queries/listing-query.ts';
import type { BlobTotals, HeldBlobs, ReferencedBlob } from './queries/referenced-blobs.ts';
import type { TrashFound, TrashQuery } from './queries/trash.ts';
import type { MissingBlob } from './tables/debt-table.ts';
import type { CheckpointSeqs, ClusterState } from './tables/meta-table.ts';
import type { TrashName } from './tables/trash-table.ts';

export interface CatalogueState {
  readonly applied: LogPosition;
  readonly cluster: ClusterState;
  readonly checkpoints: CheckpointSeqs;
  /** At `applied`. */
  readonly digest: Sha256;
}

export interface ApplyReply extends CatalogueState {
  readonly records: AppliedRecord[];
}

/** Called by name across the threads: arguments and results are plain values. */
export interface CatalogueCalls {
  /** Encoded records, one after the other, in a buffer that changes hands. */
  apply(records: Uint8Array, missing: readonly BlobId[], aborted?: readonly number[]): ApplyReply;
  getEntry(query: EntryQuery): EntryFound;
  listEntries(query: ListingQuery): ListingFound;
  getFile(query: FileQuery): FileFound;
  getManifest(contentId: number, firstByte: number): ManifestPage | null;
  getOutcome(operationId: OperationId, timeMs: number): CommittedOutcome | null;
  isDecided(operationId: OperationId, timeMs: number): boolean;
  /** Packed references, in runs. */
  blobsOf(contentId: number): Uint8Array[] | null;
  referenced(blobIds: readonly BlobId[]): BlobId[];
  debt(): Debt;
  nextDebt(limit: number, after: DebtPosition): MissingBlob[];
  settleDebt(blobIds: readonly BlobId[]): void;
  addDebt(blobIds: readonly BlobId[]): BlobId[];
  findBlob(blobId: BlobId): ReferencedBlob | null;
  blobsAfter(after: BlobId | null, limit: number): ReferencedBlob[];
  blobTotals(): BlobTotals;
  census(): CensusTaken;
  usage(spaces: readonly SpaceId[]): number[];
  listTrash(query: TrashQuery): TrashFound;
  purging(limit: number): TrashName[];
  trashedBefore(timeMs: number, limit: number): TrashName[];
  nextUnlinks(limit: number): BlobId[];
  settleUnlinks(blobIds: readonly BlobId[]): void;
  unlinkGone(blobIds: readonly BlobId[]): BlobId[];
  countFilesAbove(seq: number): number;
  digest(): Sha256;
  digestAt(seq: number): Sha256 | null;
  /** Reads rows for about `timeMs`; goes on where the call before stopped unless it is the first. */
  proveRows(isFirst: boolean, timeMs: number): ProofProgress;
  endProof(): void;
  checkpoint(): void;
  /** The last call: the thread ends after it. */
  close(): void;
}

/** All of it at one seq. */
export interface CensusTaken extends HeldBlobs {
  readonly seq: number;
  readonly digest: Sha256;
}

export interface ProofProgress {
  /** Read so far. */
  readonly rows: number;
  readonly isDone: boolean;
}

/** Where going through the debt is. */
export interface DebtPosition {
  readonly seq: number;
  readonly blobId: BlobId | null;
}

export interface Question {
  readonly id: number;
  readonly name: keyof CatalogueCalls;
  readonly args: readonly unknown[];
}

/** A `NetStoreError` without what cannot travel. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type Answer = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: Failure };

/** The first message of the worker. */
export type Greeting =
  | { readonly kind: 'opened'; readonly state: CatalogueState; readonly movedTo: string | undefined }
  | { readonly kind: 'refused'; readonly failure: Failure };
