/**
 * Lets rules follow a folder that is moved. Before the move the new path gets what holds at the old one, afterwards the old one loses it:
 * in between both hold, and so they do when nobody comes back to say how it ended.
 *
 * Every move is pending from its beginning to its end, those of folders without rules too: rules that were given to the old path on the way
 * would stay behind, and what they close would be open at the new one. So rules at either path are not changed meanwhile, and where there are
 * any, no other move goes across. Pending moves are kept in the database: a restart in between neither opens nor loses a rule.
 *
 * What was given to the new path is taken away again only for a move that certainly did not happen, and only by the operation that gave it:
 * another one that repeats the move finds the rules there already and leaves them.
 */
import { isWithin, NetStoreError, type RulesMove, type RulesMoveEnd, type SpaceId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import { requireGrantsFit } from './grant-limits.ts';
import { deleteGrantsBelow, type GrantRow, grantsBelow, insertGrants } from './grant-store.ts';
import { deleteOverdue, deletePending, listPending, putPending, type RuleMoveRow } from './rule-move-store.ts';

/** Longer than a gateway tries to commit anything. */
const PENDING_MS = 60_000;
/** Of one space. Only a cluster that commits nothing lets so many come together. */
const PENDING_MAX = 1000;

interface Route {
  readonly from: string;
  readonly to: string;
}

/** `isManager`: whoever moves it manages the space, and no cut takes that away from him. */
type Begun = Omit<RulesMove, 'userId' | 'mayManage'> & { readonly isManager: boolean };
type Ended = Omit<RulesMoveEnd, 'userId' | 'mayManage'> & { readonly isManager: boolean };

export class RuleMoves {
  readonly #db: Kysely<Schema>;
  readonly #now: Clock;

  constructor({ db, now }: { db: Kysely<Schema>; now: Clock }) {
    this.#db = db;
    this.#now = now;
  }

  /**
   * Whether there are rules that follow. Throws `NS_FORBIDDEN` when there are and no manager moves them, `NS_CONFLICT` when they cannot follow or
   * another move is in the way.
   */
  async begin(spaceId: SpaceId, move: Begun): Promise<boolean> {
    return await this.#db.transaction().execute(async (transaction) => {
      await deleteOverdue(transaction, this.#now());
      const pending = await listPending(transaction, spaceId, this.#now());
      const hasRules = (await grantsBelow(transaction, spaceId, move.from)).length > 0;
      const earlier = pending.find(({ operationId }) => operationId === move.operationId);
      refuseAcross(pending, { ...move, hasRules });
      if (hasRules) requireCarriable(move);
      const hasGiven = hasRules && (await give(transaction, spaceId, move));
      const { from, to, operationId } = move;
      const row = { from, to, operationId, hasRules, hasGiven: hasGiven || earlier?.hasGiven === true };
      await putPending(transaction, spaceId, { ...row, pendingUntil: this.#now() + PENDING_MS });
      return hasRules;
    });
  }

  /** Whether any rule changed. */
  async end(spaceId: SpaceId, ended: Ended): Promise<boolean> {
    return await this.#db.transaction().execute(async (transaction) => {
      const pending = await listPending(transaction, spaceId, this.#now());
      const ours = pending.find((each) => each.operationId === ended.operationId && each.from === ended.from && each.to === ended.to);
      if (ours === undefined) return await endLate(transaction, spaceId, ended);
      await deletePending(transaction, spaceId, ours.operationId);
      return await settle(transaction, spaceId, { ...ours, outcome: ended.outcome });
    });
  }

  /** Throws `NS_CONFLICT` while a move is pending that a rule of this folder would miss. Call inside the transaction that changes the rule. */
  async requireNoneAt(db: Kysely<Schema>, spaceId: SpaceId, folder: string): Promise<void> {
    const pending = await listPending(db, spaceId, this.#now());
    if (pending.some(({ from, to }) => isWithin(folder, from) || isWithin(folder, to))) {
      throw new NetStoreError('NS_CONFLICT', 'This folder is being moved: try again in a minute');
    }
  }
}

function refuseAcross(pending: readonly RuleMoveRow[], move: Begun & { readonly hasRules: boolean }): void {
  const others = pending.filter(({ operationId }) => operationId !== move.operationId);
  const isReused = pending.some((each) => each.operationId === move.operationId && (each.from !== move.from || each.to !== move.to));
  if (isReused) throw new NetStoreError('NS_CONFLICT', 'The same operation is moving another folder');
  if (others.some((other) => (other.hasRules || move.hasRules) && isAcross(other, move))) {
    throw new NetStoreError('NS_CONFLICT', 'This folder, one in it or one that it is in is being moved already');
  }
  if (others.length >= PENDING_MAX) throw new NetStoreError('NS_BUSY', `${PENDING_MAX} moves are pending in this space already`);
}

function isAcross(one: Route, other: Route): boolean {
  return [one.from, one.to].some((path) => [other.from, other.to].some((at) => isWithin(path, at) || isWithin(at, path)));
}

function requireCarriable({ from, to, isPlain, isManager }: Begun): void {
  if (!isManager) throw new NetStoreError('NS_FORBIDDEN', 'Folders with rules in them are moved by managers of the space');
  if (!isPlain) throw new NetStoreError('NS_CONFLICT', 'A folder with rules takes no other name and replaces nothing: name a free path');
  if (isWithin(to, from)) throw new NetStoreError('NS_CONFLICT', 'A folder cannot go below itself');
}

/** Whether anything was given: not when it was there already. */
async function give(db: Kysely<Schema>, spaceId: SpaceId, { from, to }: Route): Promise<boolean> {
  const wanted = translated(await grantsBelow(db, spaceId, from), { from, to });
  const present = await grantsBelow(db, spaceId, to);
  if (present.length > 0) {
    if (isSame(present, wanted)) return false;
    throw new NetStoreError('NS_CONFLICT', 'The new path has rules of its own: take them away first');
  }
  await insertGrants(db, spaceId, wanted);
  // While a folder moves its rules count twice.
  await requireGrantsFit(db, spaceId);
  return true;
}

type Settled = RuleMoveRow & Pick<RulesMoveEnd, 'outcome'>;

async function settle(db: Kysely<Schema>, spaceId: SpaceId, { from, to, hasGiven, outcome }: Settled): Promise<boolean> {
  if (outcome === 'rejected') return hasGiven && (await deleteGrantsBelow(db, spaceId, to));
  const isCarried = await carryMissing(db, spaceId, { from, to });
  const isTaken = outcome === 'moved' && (await deleteGrantsBelow(db, spaceId, from));
  return isCarried || isTaken;
}

/** What the old path has and the new one lacks, for whomever: nothing that was closed on the way is open at the end. */
async function carryMissing(db: Kysely<Schema>, spaceId: SpaceId, { from, to }: Route): Promise<boolean> {
  const present = new Set((await grantsBelow(db, spaceId, to)).map(placeOf));
  const missing = translated(await grantsBelow(db, spaceId, from), { from, to }).filter((row) => !present.has(placeOf(row)));
  await insertGrants(db, spaceId, missing);
  return missing.length > 0;
}

/**
 * Told of a move that is not pending: by a request that is repeated, or after a time in which both paths had their rules for themselves. What the
 * old path has since may be about something else; and whoever may not change rules could repeat an old move to be rid of some.
 */
async function endLate(db: Kysely<Schema>, spaceId: SpaceId, { from, to, outcome, isManager }: Ended): Promise<boolean> {
  if (outcome !== 'moved' || !isManager) return false;
  const isAlike = isSame(await grantsBelow(db, spaceId, to), translated(await grantsBelow(db, spaceId, from), { from, to }));
  return isAlike && (await deleteGrantsBelow(db, spaceId, from));
}

function isSame(rows: readonly GrantRow[], others: readonly GrantRow[]): boolean {
  const texts = (of: readonly GrantRow[]): string => JSON.stringify(of.map((row) => [placeOf(row), row.role]).sort());
  return texts(rows) === texts(others);
}

/** At one folder a subject has one rule at most. */
function placeOf({ folder, userId, groupId }: GrantRow): string {
  return JSON.stringify([folder, userId, groupId]);
}

function translated(rows: readonly GrantRow[], { from, to }: Route): GrantRow[] {
  return rows.map((row) => ({ ...row, folder: to + row.folder.slice(from.length) }));
}
