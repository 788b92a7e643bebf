/** The catalogue of one node: what the log says up to one record. A value: applying a record makes another. */
import type { Member } from '../../members.ts';
import type { SimOutcome } from './messages.ts';
import { LOG_START, type SimOperation, type SimRecord } from './record.ts';

export interface CatalogueState {
  readonly seq: number;
  readonly hash: string;
  /** Names all that was decided so far: two nodes that decide differently never have the same one again. */
  readonly digest: string;
  readonly entries: ReadonlyMap<string, CatalogueEntry>;
  readonly outcomes: ReadonlyMap<string, SimOutcome>;
  readonly members: readonly Member[];
}

export interface CatalogueEntry {
  /** The seq of the put. */
  readonly version: number;
  readonly blobIds: readonly string[];
}

export const EMPTY_CATALOGUE: CatalogueState = {
  seq: 0,
  hash: LOG_START.hash,
  digest: '',
  entries: new Map(),
  outcomes: new Map(),
  members: [],
};

export interface Applied {
  readonly state: CatalogueState;
  /** Null for records that carry no operation, and for void ones. */
  readonly outcome: SimOutcome | null;
  /** Of the operation's blobs, those that are referred to from now on. */
  readonly kept: readonly string[];
  /** No record refers to them any more. */
  readonly freed: readonly string[];
}

const NOTHING: readonly string[] = [];

export function applyRecord(state: CatalogueState, record: SimRecord, isVoid: boolean): Applied {
  const { seq, hash, body } = record;
  if (isVoid) return { state: { ...state, seq, hash, digest: `${state.digest}-` }, outcome: null, kept: NOTHING, freed: NOTHING };
  if (body.kind !== 'operation') {
    const next = { ...state, seq, hash, digest: `${state.digest}.`, members: body.members };
    return { state: next, outcome: null, kept: NOTHING, freed: NOTHING };
  }
  const known = state.outcomes.get(body.operation.id);
  if (known !== undefined)
    return { state: { ...state, seq, hash, digest: `${state.digest}=` }, outcome: known, kept: NOTHING, freed: NOTHING };
  return decide(state, record, body.operation);
}

function decide(state: CatalogueState, { seq, hash }: SimRecord, operation: SimOperation): Applied {
  const { path, blobIds, expectedVersion } = operation;
  const before = state.entries.get(path);
  const isAccepted = expectedVersion === null || expectedVersion === (before?.version ?? 0);
  const outcome = { seq, isAccepted };
  const outcomes = new Map(state.outcomes).set(operation.id, outcome);
  const decided = { ...state, seq, hash, outcomes, digest: `${state.digest}${isAccepted ? '+' : '!'}` };
  if (!isAccepted) return { state: decided, outcome, kept: NOTHING, freed: blobIds };
  const entries = new Map(state.entries);
  if (operation.kind === 'put') entries.set(path, { version: seq, blobIds });
  else entries.delete(path);
  return { state: { ...decided, entries }, outcome, kept: blobIds, freed: before?.blobIds ?? NOTHING };
}
