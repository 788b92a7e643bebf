/** Records and blobs as the simulation knows them: what replication looks at, without encoding. */
import type { NodeId } from '@netstore/shared-types';
import type { Member } from '../../members.ts';

export interface Position {
  readonly seq: number;
  readonly hash: string;
}

export const LOG_START: Position = { seq: 0, hash: '-' };

export interface SimOperation {
  readonly id: string;
  readonly kind: 'put' | 'delete';
  readonly path: string;
  /** Of a put. */
  readonly blobIds: readonly string[];
  /** The version that the path must have, 0 for none; null when any will do. */
  readonly expectedVersion: number | null;
}

export type RecordBody =
  | { readonly kind: 'new-epoch'; readonly primary: NodeId; readonly members: readonly Member[]; readonly aborted: readonly number[] }
  | { readonly kind: 'join'; readonly nodeId: NodeId; readonly members: readonly Member[] }
  | { readonly kind: 'operation'; readonly operation: SimOperation };

export interface SimRecord extends Position {
  readonly epoch: number;
  readonly timeMs: number;
  /** The hash of the record before. */
  readonly previous: string;
  readonly body: RecordBody;
}

/** Gives equal records equal hashes, and different ones different hashes: a counter stands for SHA-256. */
export class Hashes {
  readonly #known = new Map<string, string>();

  of({ seq, epoch, timeMs, previous, body }: Omit<SimRecord, 'hash'>): string {
    const key = `${previous} ${seq} ${epoch} ${timeMs} ${textOf(body)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const hash = `h${this.#known.size + 1}`;
    this.#known.set(key, hash);
    return hash;
  }
}

function textOf(body: RecordBody): string {
  switch (body.kind) {
    case 'new-epoch':
      return `new-epoch ${body.primary} ${membersText(body.members)} ${body.aborted.join()}`;
    case 'join':
      return `join ${body.nodeId} ${membersText(body.members)}`;
    case 'operation':
      return `operation ${body.operation.id}`;
  }
}

const membersText = (members: readonly Member[]): string => members.map(({ nodeId, incarnation }) => `${nodeId}=${incarnation}`).join();

export function blobIdsOf({ body }: SimRecord): readonly string[] {
  return body.kind === 'operation' ? body.operation.blobIds : [];
}

export const positionOf = ({ seq, hash }: Position): Position => ({ seq, hash });
