/** Applies records in groups, each group whole or not at all. A group that fails leaves tables and memory as they were. */
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import type { Database } from 'better-sqlite3';
import { decodeCheckpoint, decodeJoin, decodeNewEpoch } from '../../log/payload.ts';
import type { LogRecord } from '../../log/record.ts';
import type { DigestHistory } from '../digest/digest-history.ts';
import type { Tables } from '../tables/tables.ts';
import { applyOperation, type CommittedOutcome } from './apply-operation.ts';
import { Tree } from './tree.ts';

export interface AppliedRecord {
  readonly seq: number;
  /** Null for records that carry no operation. */
  readonly committed: CommittedOutcome | null;
  /** A checkpoint that this catalogue differs from although it was made again from the log because of it. */
  readonly disputed?: Disputed;
}

/** Where two catalogues differ, and their digests in hex. */
export interface Disputed {
  readonly seq: number;
  readonly checkpointDigest: string;
  readonly ownDigest: string;
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
  readonly #history: DigestHistory;
  readonly #transact: (records: readonly LogRecord[], beside: BesideRecords) => AppliedRecord[];

  constructor(database: Database, tables: Tables, history: DigestHistory) {
    this.#tables = tables;
    this.#history = history;
    this.#tree = new Tree(tables);
    this.#transact = database.transaction((records: readonly LogRecord[], beside: BesideRecords) => {
      const applied = records.map((record) => this.#applyOne(record, beside));
      tables.meta.save();
      return applied;
    }).immediate;
  }

  /**
   * Records must follow on the applied one, in seq and in hash. Throws `NS_LOG_DAMAGED` when they do not, and `NS_CATALOGUE_DAMAGED` when a
   * checkpoint among them says that these tables are not what the log makes of them.
   */
  apply(records: readonly LogRecord[], beside: BesideRecords): AppliedRecord[] {
    try {
      return this.#transact(records, beside);
    } catch (error) {
      this.#tables.meta.load();
      throw error;
    }
  }

  #applyOne(record: LogRecord, beside: BesideRecords): AppliedRecord {
    const { meta } = this.#tables;
    requireNext(record, meta.applied);
    meta.applied = { seq: record.seq, hash: record.hash };
    const effect = beside.aborted.has(record.seq) ? { committed: null } : this.#perform(record, beside);
    this.#history.put(record.seq, meta.digest());
    return { seq: record.seq, ...effect };
  }

  #perform(record: LogRecord, { missing }: BesideRecords): Omit<AppliedRecord, 'seq'> {
    const { meta } = this.#tables;
    switch (record.type) {
      case 'operation':
        return { committed: applyOperation({ record, missing }, this.#tables, this.#tree) };
      case 'new-epoch': {
        const { epoch, primary, clusterId, members } = decodeNewEpoch(record.payload);
        meta.cluster = { epoch, primary, clusterId, members };
        return { committed: null };
      }
      case 'join':
        meta.cluster = { ...meta.cluster, members: decodeJoin(record.payload).members };
        return { committed: null };
      case 'checkpoint': {
        const disputed = this.#compare(record);
        meta.checkpoints = { seq: record.seq, beforeSeq: meta.checkpoints.seq };
        return { committed: null, ...(disputed === undefined ? {} : { disputed }) };
      }
    }
  }

  /**
   * A difference condemns these tables once: they are made again from the log. If they differ again, the log has spoken, and it is the
   * checkpoint that is wrong; to throw the tables away for ever would help nobody.
   */
  #compare(record: LogRecord): Disputed | undefined {
    const { seq, digest } = decodeCheckpoint(record.payload);
    const own = this.#history.get(seq);
    // Applied by an earlier process: the next checkpoint speaks of what this one has seen.
    if (own === undefined || Buffer.compare(own, digest) === 0) return undefined;
    const disputed = { seq, checkpointDigest: Buffer.from(digest).toString('hex'), ownDigest: Buffer.from(own).toString('hex') };
    if (this.#tables.doubts.has(record.seq)) return disputed;
    throw new NetStoreError(
      'NS_CATALOGUE_DAMAGED',
      `Catalogue differs from checkpoint ${record.seq}: expected digest ${disputed.checkpointDigest} at record ${seq}, got ${disputed.ownDigest}`,
      { details: { ...disputed, doubtSeq: record.seq } },
    );
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
