/**
 * Faults: what a node found wrong on itself and made good again, one event after the other, for the audit.
 *
 *   GET_FAULTS → · FAULTS ←
 *
 * Events are numbered from 1 in each run of the node's process, and kept in memory: the oldest are let go beyond a bound, which shows
 * as a gap before the first that is given.
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Count, message, nullable, RequestIdField, Text, TimeMs } from './fields.ts';

/** In one answer. */
export const FAULT_EVENTS_MAX = 64;

const RunIdField = Type.String({ title: 'run id', pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$', maxLength: 36 });

/** `damaged` and `gone` are copies of blobs, `repaired` is one that was read back well; the others are records of the log. */
export const FaultEventKind = Type.Union([
  Type.Literal('damaged'),
  Type.Literal('gone'),
  Type.Literal('repaired'),
  Type.Literal('log-damaged'),
  Type.Literal('log-repaired'),
]);
export type FaultEventKind = Static<typeof FaultEventKind>;

export const FaultEvent = message({
  number: Count,
  timeMs: TimeMs,
  kind: FaultEventKind,
  /** Which copy or records and who noticed, for people. */
  what: Text(256),
});
export type FaultEvent = Static<typeof FaultEvent>;

export const GetFaults = message({
  requestId: RequestIdField,
  /** What `after` belongs to. Of another run everything is given. */
  run: nullable(RunIdField),
  after: Count,
});
export type GetFaults = Static<typeof GetFaults>;

/** The oldest first. */
export const Faults = message({ run: RunIdField, events: Type.Array(FaultEvent, { maxItems: FAULT_EVENTS_MAX }) });
export type Faults = Static<typeof Faults>;

export const FAULT_MESSAGES = {
  GET_FAULTS: {
    type: 0x82,
    schema: GetFaults,
    payloadBytesMax: KIB,
    source: ['gateway'],
    target: ['node'],
    purpose: 'Asks what a node has found wrong on itself and made good since an event.',
  },
  FAULTS: {
    type: 0x83,
    schema: Faults,
    payloadBytesMax: 32 * KIB,
    source: ['node'],
    target: ['gateway'],
    purpose: 'Names what was found wrong and what was made good.',
  },
} as const satisfies Record<string, MessageDefinition>;
