/**
 * The trash of a space, as nodes tell gateways about it. Questions are answered by whoever answers those of `entry.ts`.
 *
 *   LIST_TRASH → · TRASH ←
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition, MIB } from '../message-definition.ts';
import { CURSOR_BYTES_MAX, LIST_LIMIT_MAX } from './entry.ts';
import { Count, Epoch, message, nullable, PathField, RequestIdField, Seq, SpaceIdField, Text, TimeMs, UserIdField } from './fields.ts';

/** `trashId` is the seq of the record that trashed it: trashed again after it was restored, it has another. */
export const TrashRow = message({
  trashId: Seq,
  /** Where it was. */
  path: PathField,
  isFile: Type.Boolean(),
  /** 1, or how many are below the folder; null, like the sizes, when there are too many to count in passing. */
  files: nullable(Count),
  /** The sizes of all versions of it and of everything below it. */
  sizeBytes: nullable(Count),
  trashedAtMs: TimeMs,
  trashedBy: UserIdField,
});
export type TrashRow = Static<typeof TrashRow>;

export const ListTrash = message({
  requestId: RequestIdField,
  space: SpaceIdField,
  allowStale: Type.Boolean(),
  /** The newest state that whoever asks has seen. Null: the present one is asked for. */
  minSeq: nullable(Seq),
  /** From the answer before; null for the first page. */
  after: nullable(Text(CURSOR_BYTES_MAX)),
  limit: Type.Integer({ minimum: 1, maximum: LIST_LIMIT_MAX }),
});
export type ListTrash = Static<typeof ListTrash>;

/** Last trashed first. `graceMs`: how long after `trashedAtMs` an entry is purged. */
export const TrashAnswer = message({
  appliedSeq: Seq,
  epoch: Epoch,
  isStale: Type.Boolean(),
  graceMs: Count,
  entries: Type.Array(TrashRow, { maxItems: LIST_LIMIT_MAX }),
  next: nullable(Text(CURSOR_BYTES_MAX)),
});
export type TrashAnswer = Static<typeof TrashAnswer>;

export const TRASH_MESSAGES = {
  LIST_TRASH: {
    type: 0x3a,
    schema: ListTrash,
    payloadBytesMax: 4 * KIB,
    source: ['gateway'],
    target: ['node'],
    purpose: 'Asks for one page of the trash of a space.',
  },
  TRASH: {
    type: 0x3b,
    schema: TrashAnswer,
    payloadBytesMax: 6 * MIB,
    source: ['node'],
    target: ['gateway'],
    purpose: 'Gives one page of the trash.',
  },
} as const satisfies Record<string, MessageDefinition>;
