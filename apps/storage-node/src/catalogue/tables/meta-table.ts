/** The one row that says which record the tables are at. Kept in memory while a group is applied and written at its end. */
import type { ClusterId, NodeId } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { NewEpochPayload } from '../../log/payload.ts';

/** What the last applied new-epoch record said; epoch 0 before the first. */
export interface ClusterState {
  readonly epoch: number;
  readonly primary: NodeId | null;
  readonly clusterId: ClusterId | null;
  readonly members: NewEpochPayload['members'];
}

interface MetaRow {
  readonly appliedSeq: number;
  readonly appliedHash: Uint8Array;
  readonly nextEntryId: number;
  readonly epoch: number;
  readonly primaryNode: NodeId | null;
  readonly clusterId: ClusterId | null;
  readonly members: string;
}

export class MetaTable {
  readonly #select: Statement<[], MetaRow>;
  readonly #update: Statement<[number, Uint8Array, number, number, string | null, string | null, string]>;
  #nextEntryId = 1;
  applied: LogPosition = { seq: 0, hash: new Uint8Array(32) };
  cluster: ClusterState = { epoch: 0, primary: null, clusterId: null, members: [] };

  constructor(database: Database) {
    this.#select = database.prepare('SELECT * FROM meta');
    this.#update = database.prepare(
      'UPDATE meta SET appliedSeq = ?, appliedHash = ?, nextEntryId = ?, epoch = ?, primaryNode = ?, clusterId = ?, members = ?',
    );
    this.load();
  }

  /** Back to what the file says: at start, and after a group was rolled back. */
  load(): void {
    const row = this.#select.get();
    if (row === undefined) throw new Error('Catalogue has no meta row');
    this.applied = { seq: row.appliedSeq, hash: Uint8Array.from(row.appliedHash) };
    this.cluster = { epoch: row.epoch, primary: row.primaryNode, clusterId: row.clusterId, members: JSON.parse(row.members) };
    this.#nextEntryId = row.nextEntryId;
  }

  save(): void {
    const { applied, cluster } = this;
    const members = JSON.stringify(cluster.members.map(({ nodeId, incarnation }) => ({ nodeId, incarnation })));
    this.#update.run(applied.seq, applied.hash, this.#nextEntryId, cluster.epoch, cluster.primary, cluster.clusterId, members);
  }

  /** Ids count up from 1 in the order of the log: equal on every node. */
  takeEntryId(): number {
    const id = this.#nextEntryId;
    this.#nextEntryId += 1;
    return id;
  }
}
