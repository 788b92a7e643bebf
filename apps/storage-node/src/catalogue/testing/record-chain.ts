/** Records for tests of the catalogue: a chain like the log's, with defaults for all that a test does not speak of. */
import { createHash } from 'node:crypto';
import type {
  BlobId,
  ClusterId,
  FilePath,
  IfExists,
  Incarnation,
  NodeId,
  OperationId,
  SpaceId,
  UserId,
  VersionId,
} from '@netstore/shared-types';
import { type BlobRef, type Expected, type Operation, type PutOperation, packBlobIds, packBlobRefs } from '@netstore/wire-protocol';
import { encodeCheckpoint, encodeNewEpoch, encodeOperation } from '../../log/payload.ts';
import { type LogRecord, NO_HASH, sealRecord } from '../../log/record.ts';

export const SPACE = 'a'.repeat(32) as SpaceId;
export const OTHER_SPACE = 'b'.repeat(32) as SpaceId;
export const AUTHOR = 'c'.repeat(32) as UserId;
export const CLUSTER = 'd'.repeat(32) as ClusterId;
export const START_MS = 1_800_000_000_000;
const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

export const idOf = <Id extends string>(number: number): Id => number.toString(16).padStart(32, '0') as Id;
export const hashOf = (text: string): Uint8Array => Uint8Array.from(createHash('sha256').update(text).digest());

export interface RecordOptions {
  readonly operationId?: OperationId;
  readonly fingerprint?: Uint8Array;
  readonly retentionMs?: number;
  readonly timeMs?: number;
}

/** Seals records one after the other; the time goes on by a second with each. */
export class RecordChain {
  readonly records: LogRecord[] = [];

  get nextSeq(): number {
    return this.records.length + 1;
  }

  operation(operation: Operation, options: RecordOptions = {}): LogRecord {
    const seq = this.nextSeq;
    const { operationId = idOf<OperationId>(seq), fingerprint = hashOf(operationId), retentionMs = DAY_MS } = options;
    const payload = encodeOperation({ operationId, fingerprint, retentionMs, author: AUTHOR, operation });
    return this.#seal('operation', payload, options.timeMs);
  }

  newEpoch(epoch: number, primary = 'node-1'): LogRecord {
    const members = [{ nodeId: 'node-1' as NodeId, incarnation: idOf<Incarnation>(1) }];
    return this.#seal('new-epoch', encodeNewEpoch({ epoch, primary: primary as NodeId, clusterId: CLUSTER, members, aborted: [] }));
  }

  /** Of what a catalogue was at an earlier record. */
  checkpoint(seq: number, digest: Uint8Array): LogRecord {
    return this.#seal('checkpoint', encodeCheckpoint({ seq, digest }));
  }

  #seal(type: LogRecord['type'], payload: Uint8Array, timeMs = START_MS + this.nextSeq * SECOND_MS): LogRecord {
    const previous = this.records.at(-1)?.hash ?? NO_HASH;
    const record = sealRecord({ seq: this.nextSeq, epoch: 1, timeMs, previous, type, payload });
    this.records.push(record);
    return record;
  }
}

export const blobRef = (number: number, lengthBytes = 100): BlobRef => ({
  blobId: idOf<BlobId>(number),
  lengthBytes,
  crcTableSha256: hashOf(`blob ${number}`),
});

const ANY: Expected = { kind: 'any' };

export interface PutOptions {
  readonly space?: SpaceId;
  readonly refs?: readonly BlobRef[];
  readonly sizeBytes?: number;
  readonly expected?: Expected;
}

export function put(path: string, { space = SPACE, refs = [], sizeBytes, expected = ANY }: PutOptions = {}): PutOperation {
  return {
    kind: 'put',
    space,
    path: path as FilePath,
    expected,
    contentType: 'text/plain',
    sizeBytes: sizeBytes ?? refs.reduce((sum, ref) => sum + ref.lengthBytes, 0),
    sha256: hashOf(path),
    blobs: packBlobRefs(refs),
  };
}

export const makeFolder = (path: string, space = SPACE): Operation => ({ kind: 'make-folder', space, path: path as FilePath });

export function move(from: string, to: string, ifExists: IfExists = 'fail'): Operation {
  return { kind: 'move', space: SPACE, from: from as FilePath, to: to as FilePath, ifExists };
}

export function copy(from: string, to: string, ifExists: IfExists = 'fail'): Operation {
  return { kind: 'copy', space: SPACE, from: from as FilePath, to: to as FilePath, ifExists };
}

export const remove = (path: string, expected: Expected = ANY): Operation => ({
  kind: 'delete',
  space: SPACE,
  path: path as FilePath,
  expected,
});
export function restore(trashId: number, to: string | null = null, ifExists: IfExists = 'fail'): Operation {
  return { kind: 'restore', space: SPACE, trashId, to: to as FilePath | null, ifExists };
}

export const purge = (trashIds: readonly number[], space = SPACE): Operation => ({ kind: 'purge', space, trashIds: [...trashIds] });
export const purgeVersions = (path: string, versions: readonly string[]): Operation => ({
  kind: 'purge-versions',
  space: SPACE,
  path: path as FilePath,
  versions: [...versions] as VersionId[],
});
export const discard = (blobIds: readonly BlobId[]): Operation => ({ kind: 'discard', blobIds: packBlobIds(blobIds) });
