/** The catalogue on the thread that has its file open: every call does its whole work before it returns. */
import { statSync } from 'node:fs';
import { checkpointSqlite, type Database } from '@netstore/service-kit/sqlite';
import { type BlobId, NetStoreError, type OperationId, type Sha256, type SpaceId } from '@netstore/shared-types';
import type { Debt, ManifestPage } from '@netstore/wire-protocol';
import { parseRecords } from '../log/record.ts';
import type { CommittedOutcome } from './apply/apply-operation.ts';
import { RecordApplier } from './apply/apply-records.ts';
import type { ApplyReply, CatalogueCalls, CatalogueState, CensusTaken, DebtPosition, ProofProgress } from './calls.ts';
import { DigestHistory } from './digest/digest-history.ts';
import { RowProof } from './digest/row-proof.ts';
import { addDebt, getDebt, RecentFiles } from './queries/debt.ts';
import { type EntryFound, type EntryQuery, getEntry } from './queries/entry.ts';
import { type FileFound, type FileQuery, getFile } from './queries/file.ts';
import { Listing, type ListingFound } from './queries/listing.ts';
import type { ListingQuery } from './queries/listing-query.ts';
import { type BlobTotals, type ReferencedBlob, ReferencedBlobs } from './queries/referenced-blobs.ts';
import { type TrashFound, TrashListing, type TrashQuery } from './queries/trash.ts';
import type { MissingBlob } from './tables/debt-table.ts';
import { openTables, type Tables } from './tables/tables.ts';
import type { TrashName } from './tables/trash-table.ts';

/** When the write-ahead log has grown to this, it is moved into the file. */
const WAL_BYTES_MAX = 16 * 1024 * 1024;

export class OpenedCatalogue implements CatalogueCalls {
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #applier: RecordApplier;
  readonly #history = new DigestHistory();
  #proof: RowProof | undefined;
  #tidyAtBytes = WAL_BYTES_MAX;
  readonly #listing: Listing;
  readonly #recentFiles: RecentFiles;
  readonly #settle: (blobIds: readonly BlobId[]) => void;
  readonly #add: (blobIds: readonly BlobId[]) => BlobId[];
  readonly #referenced: ReferencedBlobs;
  readonly #trashListing: TrashListing;
  readonly #settleUnlinks: (blobIds: readonly BlobId[]) => void;
  readonly #unlinkGone: (blobIds: readonly BlobId[]) => BlobId[];

  constructor(database: Database) {
    this.#database = database;
    const tables = openTables(database);
    this.#tables = tables;
    this.#applier = new RecordApplier(database, tables, this.#history);
    this.#history.put(tables.meta.applied.seq, tables.meta.digest());
    this.#listing = new Listing(database, tables);
    this.#recentFiles = new RecentFiles(database, tables);
    this.#referenced = new ReferencedBlobs(database);
    this.#trashListing = new TrashListing(database, tables);
    this.#settleUnlinks = database.transaction((blobIds: readonly BlobId[]) => {
      for (const blobId of blobIds) tables.unlinks.remove(blobId);
    }).immediate;
    this.#unlinkGone = database.transaction((blobIds: readonly BlobId[]) => unlinkGone(tables, blobIds)).immediate;
    this.#settle = database.transaction((blobIds: readonly BlobId[]) => {
      for (const blobId of blobIds) tables.debt.settle(blobId);
    }).immediate;
    this.#add = database.transaction((blobIds: readonly BlobId[]) => addDebt(tables, blobIds)).immediate;
  }

  get state(): CatalogueState {
    const { applied, cluster, checkpoints } = this.#tables.meta;
    return { applied: { seq: applied.seq, hash: Uint8Array.from(applied.hash) }, cluster, checkpoints, digest: this.digest() };
  }

  apply(records: Uint8Array, missing: readonly BlobId[], aborted: readonly number[] = []): ApplyReply {
    const applied = this.#applier.apply(parseRecords(records), { missing: new Set(missing), aborted: new Set(aborted) });
    return { records: applied, ...this.state };
  }

  getEntry(query: EntryQuery): EntryFound {
    return getEntry(this.#tables, query);
  }

  listEntries(query: ListingQuery): ListingFound {
    return this.#listing.page(query);
  }

  getFile(query: FileQuery): FileFound {
    return getFile(this.#tables, query);
  }

  getManifest(contentId: number, firstByte: number): ManifestPage | null {
    return this.#tables.contents.pageOf(contentId, firstByte) ?? null;
  }

  getOutcome(operationId: OperationId, timeMs: number): CommittedOutcome | null {
    const known = this.#tables.operations.findValid(operationId, timeMs);
    if (known === undefined) return null;
    const { seq, epoch, fingerprint, outcome } = known;
    return { operationId, seq, epoch, fingerprint, outcome, isReplay: true, discarded: [] };
  }

  isDecided(operationId: OperationId, timeMs: number): boolean {
    return this.#tables.operations.findValid(operationId, timeMs) !== undefined;
  }

  blobsOf(contentId: number): Uint8Array[] | null {
    return this.#tables.contents.manifestOf(contentId) ?? null;
  }

  referenced(blobIds: readonly BlobId[]): BlobId[] {
    return blobIds.filter((blobId) => this.#tables.contents.findBlob(blobId) !== undefined);
  }

  debt(): Debt {
    return getDebt(this.#tables);
  }

  nextDebt(limit: number, after: DebtPosition): MissingBlob[] {
    return this.#tables.debt.next(limit, after);
  }

  settleDebt(blobIds: readonly BlobId[]): void {
    this.#settle(blobIds);
  }

  addDebt(blobIds: readonly BlobId[]): BlobId[] {
    return this.#add(blobIds);
  }

  findBlob(blobId: BlobId): ReferencedBlob | null {
    return this.#referenced.find(blobId);
  }

  blobsAfter(after: BlobId | null, limit: number): ReferencedBlob[] {
    return this.#referenced.after(after, limit);
  }

  blobTotals(): BlobTotals {
    return this.#referenced.totals();
  }

  census(): CensusTaken {
    return { seq: this.#tables.meta.applied.seq, digest: this.digest(), ...this.#referenced.held() };
  }

  usage(spaces: readonly SpaceId[]): number[] {
    return spaces.map((space) => this.#tables.spaces.bytesIn(space));
  }

  listTrash(query: TrashQuery): TrashFound {
    return this.#trashListing.page(query);
  }

  purging(limit: number): TrashName[] {
    return this.#tables.trash.purging(limit);
  }

  trashedBefore(timeMs: number, limit: number): TrashName[] {
    return this.#tables.trash.trashedBefore(timeMs, limit);
  }

  nextUnlinks(limit: number): BlobId[] {
    return this.#tables.unlinks.next(limit);
  }

  settleUnlinks(blobIds: readonly BlobId[]): void {
    this.#settleUnlinks(blobIds);
  }

  unlinkGone(blobIds: readonly BlobId[]): BlobId[] {
    return this.#unlinkGone(blobIds);
  }

  countFilesAbove(seq: number): number {
    return this.#recentFiles.countAbove(seq);
  }

  digest(): Sha256 {
    return Buffer.from(this.#tables.meta.digest(), 'latin1').toString('hex') as Sha256;
  }

  digestAt(seq: number): Sha256 | null {
    const digest = seq > this.#tables.meta.applied.seq ? undefined : this.#history.get(seq);
    return digest === undefined ? null : (Buffer.from(digest).toString('hex') as Sha256);
  }

  proveRows(isFirst: boolean, timeMs: number): ProofProgress {
    const { digest } = this.#tables;
    let proof = this.#proof;
    // A group that was rolled back took away what the proof had seen of it.
    if (proof === undefined || isFirst || !digest.isFollowedBy(proof)) {
      proof = new RowProof(this.#database);
      this.#proof = proof;
      digest.follow(proof);
    }
    proof.read(timeMs);
    const { rows, isDone } = proof;
    if (isDone) this.endProof();
    if (isDone && Buffer.compare(proof.sum, digest.sum) !== 0) {
      throw new NetStoreError('NS_CATALOGUE_DAMAGED', `Catalogue differs from its own digest at record ${this.#tables.meta.applied.seq}`, {
        details: { rows, expected: Buffer.from(digest.sum).toString('hex'), actual: Buffer.from(proof.sum).toString('hex') },
      });
    }
    return { rows, isDone };
  }

  endProof(): void {
    this.#proof = undefined;
    this.#tables.digest.follow(undefined);
  }

  addDoubt(seq: number): void {
    this.#tables.doubts.add(seq);
  }

  checkpoint(): void {
    checkpointSqlite(this.#database);
  }

  /** A checkpoint when one is due. To be called when nobody waits for an answer. Throws `NS_BUSY` while a copy is being made, once in a while. */
  tidy(): void {
    const { size } = statSync(`${this.#database.name}-wal`);
    if (size < this.#tidyAtBytes) return;
    this.#tidyAtBytes = size + WAL_BYTES_MAX;
    this.checkpoint();
    this.#tidyAtBytes = WAL_BYTES_MAX;
  }

  close(): void {
    this.checkpoint();
    this.#database.close();
  }

  /** Without writing anything more to a file that is not to be trusted. */
  abandon(): void {
    this.#database.close();
  }
}

/** Those that a record has let go and no content refers to. */
function unlinkGone({ contents, gone, unlinks }: Tables, blobIds: readonly BlobId[]): BlobId[] {
  const found = blobIds.filter((blobId) => gone.isKnown(blobId) && contents.findBlob(blobId) === undefined);
  for (const blobId of found) unlinks.add(blobId);
  return found;
}
