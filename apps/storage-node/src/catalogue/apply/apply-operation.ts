/**
 * What one logged operation does: the first outcome again when it was applied before, else its rules and its changes. It knows
 * the record and the state before it, no clock and no chance: every node comes to the same outcome.
 */
import type { BlobId, ErrorCode, OperationId } from '@netstore/shared-types';
import type { Operation, Outcome } from '@netstore/wire-protocol';
import { decodeOperation } from '../../log/payload.ts';
import type { LogRecord } from '../../log/record.ts';
import type { Tables } from '../tables/tables.ts';
import type { Applied, ApplyContext } from './apply-context.ts';
import { applyCopy } from './copy.ts';
import { applyDelete } from './delete.ts';
import { applyDiscard } from './discard.ts';
import { GONE_RETENTION_MS } from './gone-retention.ts';
import { applyMakeFolder } from './make-folder.ts';
import { applyMove } from './move.ts';
import { applyPurge } from './purge.ts';
import { applyPurgeVersions } from './purge-versions.ts';
import { applyPut, blobIdsOf } from './put.ts';
import { Rejection } from './rejection.ts';
import { applyRestore } from './restore.ts';
import type { Tree } from './tree.ts';

const MESSAGE_LENGTH_MAX = 1024;

/** What became of an operation, as it is told to whoever waits for it. */
export interface CommittedOutcome {
  readonly operationId: OperationId;
  /** Of the first record with this operation id. */
  readonly fingerprint: Uint8Array;
  readonly outcome: Outcome;
  /** Of the first record with this operation id. */
  readonly seq: number;
  /** Of the first record with this operation id. */
  readonly epoch: number;
  /** The operation had been applied before: nothing was changed now. */
  readonly isReplay: boolean;
  /** Staged blobs that this record lets go: no content refers to them. */
  readonly discarded: readonly BlobId[];
}

/** A record of the log and what is known beside it. */
export interface RecordToApply {
  readonly record: LogRecord;
  readonly missing: ReadonlySet<BlobId>;
}

export function applyOperation({ record, missing }: RecordToApply, tables: Tables, tree: Tree): CommittedOutcome {
  const { seq, epoch, timeMs } = record;
  const { operationId, fingerprint, retentionMs, author, operation } = decodeOperation(record.payload);
  const first = tables.operations.findValid(operationId, timeMs);
  if (first !== undefined) {
    const committed = { operationId, seq: first.seq, epoch: first.epoch, fingerprint: first.fingerprint };
    if (Buffer.compare(first.fingerprint, fingerprint) === 0)
      return { ...committed, outcome: first.outcome, isReplay: true, discarded: [] };
    const outcome = rejected('NS_OPERATION_ID_REUSED', `Operation id was used before, at record ${first.seq}, for another request`);
    return { ...committed, outcome, isReplay: false, discarded: letGo(unreferencedBlobs(operation, tables), tables, timeMs) };
  }
  const { outcome, discarded } = decide(operation, { tables, tree, stamp: { seq, timeMs, author }, missing });
  const expiresAtMs = Math.min(timeMs + retentionMs, Number.MAX_SAFE_INTEGER);
  tables.operations.add(operationId, { seq, epoch, expiresAtMs, fingerprint, outcome });
  tables.operations.prune(timeMs);
  tables.gone.prune(timeMs);
  return { operationId, fingerprint, outcome, seq, epoch, isReplay: false, discarded: letGo(discarded, tables, timeMs) };
}

function decide(operation: Operation, context: ApplyContext): { readonly outcome: Outcome; readonly discarded: readonly BlobId[] } {
  try {
    const { entry, isCreated, discarded = [], purged } = perform(operation, context);
    const accepted = { isAccepted: true, entry, isCreated } as const;
    return { outcome: purged === undefined ? accepted : { ...accepted, purged }, discarded };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { outcome: rejected(error.code, error.message), discarded: unreferencedBlobs(operation, context.tables) };
  }
}

function perform(operation: Operation, context: ApplyContext): Applied {
  switch (operation.kind) {
    case 'put':
      return applyPut(operation, context);
    case 'make-folder':
      return applyMakeFolder(operation, context);
    case 'move':
      return applyMove(operation, context);
    case 'copy':
      return applyCopy(operation, context);
    case 'delete':
      return applyDelete(operation, context);
    case 'restore':
      return applyRestore(operation, context);
    case 'purge':
      return applyPurge(operation, context);
    case 'purge-versions':
      return applyPurgeVersions(operation, context);
    case 'discard':
      return applyDiscard(operation, context);
  }
}

function rejected(code: ErrorCode, message: string): Outcome {
  return { isAccepted: false, code, message: message.slice(0, MESSAGE_LENGTH_MAX) };
}

/** From here on no record may refer to them. */
function letGo(blobIds: readonly BlobId[], { gone }: Tables, timeMs: number): readonly BlobId[] {
  for (const blobId of blobIds) gone.add(blobId, timeMs + GONE_RETENTION_MS);
  return blobIds;
}

/** A rejected put lets its blobs go: it is final, and nobody else knows their ids. */
function unreferencedBlobs(operation: Operation, { contents }: Tables): readonly BlobId[] {
  if (operation.kind !== 'put') return [];
  return [...new Set(blobIdsOf(operation))].filter((blobId) => contents.findBlob(blobId) === undefined);
}
