/** The one row that says which record the tables are at. Kept in memory while a group is applied and written at its end. */
import { hash } from 'node:crypto';
import type { ClusterId, NodeId } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { NewEpochPayload } from '../../log/payload.ts';
import type { RunningDigest } from '../digest/running-digest.ts';

/** What the last applied new-epoch record said; epoch 0 before the first. */
export interface ClusterState {
  readonly epoch: number;
  readonly primary: NodeId | null;
  readonly clusterId: ClusterId | null;
  readonly members: NewEpochPayload['members'];
}

/** The last two checkpoints that were applied; 0 where there is none. */
export interface CheckpointSeqs {
  readonly seq: number;
  readonly beforeSeq: number;
}

interface MetaRow {
  readonly appliedSeq: number;
  readonly appliedHash: Uint8Array;
  readonly nextEntryId: number;
  readonly epoch: number;
  readonly primaryNode: NodeId | null;
  readonly clusterId: ClusterId | null;
  readonly members: string;
  readonly checkpointSeq: number;
  readonly checkpointBeforeSeq: number;
  readonly rowSum: Uint8Array;
}

export class MetaTable {
  readonly #select: Statement<[], MetaRow>;
  readonly #update: Statement<[number, Uint8Array, number, number, string | null, string | null, string, number, number, Uint8Array]>;
  readonly #digest: RunningDigest;
  readonly #hashed = Buffer.alloc(112);
  /** What the last field of `#hashed` was made from. */
  #rest: { readonly cluster?: ClusterState; readonly checkpoints?: CheckpointSeqs } = {};
  #nextEntryId = 1;
  applied: LogPosition = { seq: 0, hash: new Uint8Array(32) };
  cluster: ClusterState = { epoch: 0, primary: null, clusterId: null, members: [] };
  checkpoints: CheckpointSeqs = { seq: 0, beforeSeq: 0 };

  constructor(database: Database, digest: RunningDigest) {
    this.#digest = digest;
    this.#select = database.prepare('SELECT * FROM meta');
    this.#update = database.prepare(
      `UPDATE meta SET appliedSeq = ?, appliedHash = ?, nextEntryId = ?, epoch = ?, primaryNode = ?, clusterId = ?, members = ?,
       checkpointSeq = ?, checkpointBeforeSeq = ?, rowSum = ?`,
    );
    this.load();
  }

  /** Back to what the file says: at start, and after a group was rolled back. */
  load(): void {
    const row = this.#select.get();
    if (row === undefined) throw new Error('Catalogue has no meta row');
    this.applied = { seq: row.appliedSeq, hash: Uint8Array.from(row.appliedHash) };
    this.cluster = { epoch: row.epoch, primary: row.primaryNode, clusterId: row.clusterId, members: JSON.parse(row.members) };
    this.checkpoints = { seq: row.checkpointSeq, beforeSeq: row.checkpointBeforeSeq };
    this.#nextEntryId = row.nextEntryId;
    this.#digest.load(row.rowSum);
  }

  save(): void {
    const { applied, cluster, checkpoints } = this;
    this.#update.run(
      applied.seq,
      applied.hash,
      this.#nextEntryId,
      cluster.epoch,
      cluster.primary,
      cluster.clusterId,
      textOf(cluster.members),
      checkpoints.seq,
      checkpoints.beforeSeq,
      this.#digest.sum,
    );
  }

  /**
   * One hash over all that is replicated: equal on every node at an equal applied seq. SHA-256 over
   *
   *   offset  size  field (integers big endian)
   *        0     8  applied seq
   *        8     8  next id of an entry
   *       16    32  hash of the applied record
   *       48    32  sum of the rows
   *       80    32  SHA-256 of epoch, primary, cluster, members and checkpoints, as a JSON array
   *
   * One character for each byte: it is computed for every record, and this is the form that Node gives fastest.
   */
  digest(): string {
    const { applied, cluster, checkpoints } = this;
    if (this.#rest.cluster !== cluster || this.#rest.checkpoints !== checkpoints) {
      const { epoch, primary, clusterId, members } = cluster;
      const text = JSON.stringify([epoch, primary, clusterId, textOf(members), checkpoints.seq, checkpoints.beforeSeq]);
      this.#rest = { cluster, checkpoints };
      this.#hashed.set(hash('sha256', text, 'buffer'), 80);
    }
    this.#hashed.writeBigUInt64BE(BigInt(applied.seq), 0);
    this.#hashed.writeBigUInt64BE(BigInt(this.#nextEntryId), 8);
    this.#hashed.set(applied.hash, 16);
    this.#digest.writeSum(this.#hashed, 48);
    return hash('sha256', this.#hashed, 'latin1');
  }

  /** Ids count up from 1 in the order of the log: equal on every node. */
  takeEntryId(): number {
    const id = this.#nextEntryId;
    this.#nextEntryId += 1;
    return id;
  }
}

function textOf(members: ClusterState['members']): string {
  return JSON.stringify(members.map(({ nodeId, incarnation }) => ({ nodeId, incarnation })));
}
