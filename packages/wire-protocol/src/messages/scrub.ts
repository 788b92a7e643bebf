/**
 * Scrub: a node's going through everything it holds, and what that has found so far.
 *
 *   SCRUB → · SCRUB_STATE ←
 *
 * `status` asks. `start` begins a round now, or goes on with the one under way, as fast as others leave room for. `verify`
 * compares names only, the disk's with the catalogue's, and answers with a fresh census: seconds, not days.
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Count, Hash, message, nullable, RequestIdField, Seq, TimeMs } from './fields.ts';

export const ScrubAction = Type.Union([Type.Literal('status'), Type.Literal('start'), Type.Literal('verify')]);
export type ScrubAction = Static<typeof ScrubAction>;

export const ScrubRequest = message({ requestId: RequestIdField, action: ScrubAction });
export type ScrubRequest = Static<typeof ScrubRequest>;

/** What a node has at one seq: `digest` is equal on every node at an equal seq, `blobDigest` too as soon as none owes a blob. */
export const Census = message({
  seq: Seq,
  /** Over the replicated tables of the catalogue. */
  digest: Hash,
  /** Blobs that the catalogue refers to and this node holds. */
  blobs: Count,
  /** Their lengths together. */
  bytes: Count,
  /** SHA-256 over their ids in order, 16 bytes each. */
  blobDigest: Hash,
});
export type Census = Static<typeof Census>;

/** `paused`: a round is under way and lets others go first. */
export const ScrubActivity = Type.Union([Type.Literal('idle'), Type.Literal('running'), Type.Literal('paused')]);
export type ScrubActivity = Static<typeof ScrubActivity>;

/** What belongs into every look at a node; SCRUB_STATE has the rest. */
export const ScrubSummary = message({
  state: ScrubActivity,
  /** Of the last round that went to its end; null when there was none on this disk. */
  finishedAtMs: nullable(TimeMs),
  /** Of the round under way, else of the last one. */
  bytesTotal: Count,
  bytesDone: Count,
  /** Blobs that this node lacks and that both others say they do not hold; null while it lacks some and a peer has not said. */
  lostBlobs: nullable(Count),
});
export type ScrubSummary = Static<typeof ScrubSummary>;

export const ScrubState = message({
  state: ScrubActivity,
  /** Of the round under way, else of the last one; null when there was none on this disk. */
  startedAtMs: nullable(TimeMs),
  /** Of the last round that went to its end. */
  finishedAtMs: nullable(TimeMs),
  /** Of the round: what the catalogue referred to when it began, and what of it was looked at. */
  blobsTotal: Count,
  blobsDone: Count,
  bytesTotal: Count,
  bytesDone: Count,
  /** Records of the log that the round read and found right, or made right. */
  recordsVerified: Count,
  /** Since the process started, by reads and by the scrub: copies and records that were bad or gone, and those made good again. */
  faultsFound: Count,
  faultsRepaired: Count,
  /** As in the summary. */
  lostBlobs: nullable(Count),
  /** Files in blobs/ that nothing refers to, moved out of it since the process started. */
  strayFiles: Count,
  /** No copy on this node was proven longer ago; null before the first round has come to its end. */
  oldestVerifiedAtMs: nullable(TimeMs),
  /** Null until one was taken. */
  census: nullable(Census),
});
export type ScrubState = Static<typeof ScrubState>;

export const SCRUB_MESSAGES = {
  SCRUB: {
    type: 0x80,
    schema: ScrubRequest,
    payloadBytesMax: KIB,
    source: ['operator', 'node'],
    target: ['node'],
    purpose: 'Asks how far a node is in proving what it holds, or tells it to.',
  },
  SCRUB_STATE: {
    type: 0x81,
    schema: ScrubState,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['operator', 'node'],
    purpose: 'Says what was proven, found, repaired and lost.',
  },
} as const satisfies Record<string, MessageDefinition>;
