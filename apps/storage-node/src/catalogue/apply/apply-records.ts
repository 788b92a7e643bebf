/** Applies records in groups, each group whole or not at all. A group that fails leaves tables and memory as they were. */
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import type { Database } from 'better-sqlite3';
import { decodeJoin, decodeNewEpoch } from '../../log/payload.ts';
import type { LogRecord } from '../../log/record.ts';
import type { Tables } from '../tables/tables.ts';
import { applyOperation, type CommittedOutcome } from './apply-operation.ts';
import { Tree } from './tree.ts';

export interface AppliedRecord {
  readonly seq: number;
  /** Null for records that carry no operation. */
  readonly committed: CommittedOutcome | null;
}

/** What is known of a group of records besides themselves. */
export interface BesideRecords {
  /** Those of their blobs that this node does not hold. */
  readonly missing: ReadonlySet<BlobId>;
  /** Seqs of records that a later epoch declared void. */
  readonly aborted: ReadonlySet<number>;
}

export class RecordApplier {
  readonly #tables: Tables;
  readonly #tree: Tree;
  readonly #transact: (records: readonly LogRecord[], beside: BesideRecords) => AppliedRecord[];

  constructor(database: Database, tables: Tables) {
    this.#tables = tables;
    this.#tree = new Tree(tables);
    this.#transact = database.transaction((records: readonly LogRecord[], beside: BesideRecords) => {
      const applied = records.map((record) => this.#applyRecord(record, beside));
      tables.meta.save();
      return applied;
    }).immediate;
  }

  /** Records must follow on the applied one, in seq and in hash. Throws `NS_LOG_DAMAGED` when they do not. */
  apply(records: readonly LogRecord[], beside: BesideRecords): AppliedRecord[] {
    try {
      return this.#transact(records, beside);
    } catch (error) {
      this.#tables.meta.load();
      throw error;
    }
  }

  #applyRecord(record: LogRecord, { missing, aborted }: BesideRecords): AppliedRecord {
    const { meta } = this.#tables;
    requireNext(record, meta.applied);
    meta.applied = { seq: record.seq, hash: record.hash };
    if (aborted.has(record.seq)) return { seq: record.seq, committed: null };
    if (record.type === 'join') {
      meta.cluster = { ...meta.cluster, members: decodeJoin(record.payload).members };
      return { seq: record.seq, committed: null };
    }
    if (record.type === 'operation') return { seq: record.seq, committed: applyOperation({ record, missing }, this.#tables, this.#tree) };
    const { epoch, primary, clusterId, members } = decodeNewEpoch(record.payload);
    meta.cluster = { epoch, primary, clusterId, members };
    return { seq: record.seq, committed: null };
  }
}

function requireNext(record: LogRecord, applied: { readonly seq: number; readonly hash: Uint8Array }): void {
  if (record.seq !== applied.seq + 1)
    throw new NetStoreError('NS_LOG_DAMAGED', `Record does not follow: expected seq ${applied.seq + 1}, got ${record.seq}`);
  if (Buffer.compare(record.previous, applied.hash) !== 0) {
    throw new NetStoreError(
      'NS_LOG_DAMAGED',
      `Record ${record.seq} does not follow on the applied record ${applied.seq}: its previous hash is another`,
    );
  }
}
