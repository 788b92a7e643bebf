/**
 * Lets rules follow a folder that is moved. Before the move the new path gets what holds at the old one, afterwards the old one loses it:
 * in between both hold, and so they do when nobody comes back to say how it ended.
 *
 * What was given to the new path is taken away again only for a move that certainly did not happen, and only by the operation that gave it:
 * another one that repeats the move finds the rules there already and leaves them.
 */
import { NetStoreError, type RulesMove, type RulesMoveEnd, type SpaceId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import { requireGrantsFit } from './grant-limits.ts';
import { deleteGrantsBelow, grantsBelow } from './grant-store.ts';

/** Longer than a gateway tries to commit anything. */
const PENDING_MS = 60_000;

interface PendingMove {
  readonly operationId: string;
  /** The rules at the new path came with this operation. */
  readonly hasGiven: boolean;
  readonly untilMs: number;
}

type GrantRow = Awaited<ReturnType<typeof grantsBelow>>[number];

export class RuleMoves {
  readonly #db: Kysely<Schema>;
  readonly #now: Clock;
  readonly #pending = new Map<string, PendingMove>();

  constructor({ db, now }: { db: Kysely<Schema>; now: Clock }) {
    this.#db = db;
    this.#now = now;
  }

  async hasRules(spaceId: SpaceId, folder: string): Promise<boolean> {
    return (await grantsBelow(this.#db, spaceId, folder)).length > 0;
  }

  /** Throws `NS_CONFLICT` when the new path has other rules, or when another operation is moving the same folder. */
  async begin(spaceId: SpaceId, { from, to, operationId, isPlain }: RulesMove): Promise<void> {
    const key = JSON.stringify([spaceId, from]);
    this.#forgetOld();
    const other = this.#pending.get(key);
    if (other !== undefined && other.operationId !== operationId)
      throw new NetStoreError('NS_CONFLICT', 'This folder is being moved already');
    if (!isPlain) throw new NetStoreError('NS_CONFLICT', 'A folder with rules takes no other name and replaces nothing: name a free path');
    if (to === from || to.startsWith(`${from}/`)) throw new NetStoreError('NS_CONFLICT', 'A folder cannot go below itself');
    const hasGiven = await this.#db.transaction().execute((transaction) => give(transaction, spaceId, { from, to }));
    this.#pending.set(key, { operationId, hasGiven: hasGiven || other?.hasGiven === true, untilMs: this.#now() + PENDING_MS });
  }

  async end(spaceId: SpaceId, { from, to, operationId, outcome }: RulesMoveEnd): Promise<void> {
    const key = JSON.stringify([spaceId, from]);
    const pending = this.#pending.get(key);
    if (pending?.operationId === operationId) this.#pending.delete(key);
    const isOurs = pending?.operationId === operationId;
    if (outcome === 'moved' && (isOurs || (await this.#holdAlike(spaceId, from, to)))) await deleteGrantsBelow(this.#db, spaceId, from);
    if (outcome === 'rejected' && isOurs && pending?.hasGiven === true) await deleteGrantsBelow(this.#db, spaceId, to);
  }

  /** The end of a move is told late when a request is repeated: rules that were given to the old path since are about something else. */
  async #holdAlike(spaceId: SpaceId, from: string, to: string): Promise<boolean> {
    return isSame(await grantsBelow(this.#db, spaceId, to), translated(await grantsBelow(this.#db, spaceId, from), from, to));
  }

  #forgetOld(): void {
    for (const [key, { untilMs }] of this.#pending) if (untilMs <= this.#now()) this.#pending.delete(key);
  }
}

/** Whether anything was given: not when it was there already. */
async function give(db: Kysely<Schema>, spaceId: SpaceId, { from, to }: { readonly from: string; readonly to: string }): Promise<boolean> {
  const wanted = translated(await grantsBelow(db, spaceId, from), from, to);
  const present = await grantsBelow(db, spaceId, to);
  if (present.length > 0) {
    if (isSame(present, wanted)) return false;
    throw new NetStoreError('NS_CONFLICT', 'The new path has rules of its own: take them away first');
  }
  for (const row of wanted)
    await db
      .insertInto('grants')
      .values({ spaceId, ...row })
      .execute();
  // While a folder moves its rules count twice.
  await requireGrantsFit(db, spaceId);
  return true;
}

function isSame(rows: readonly GrantRow[], others: readonly GrantRow[]): boolean {
  const texts = (of: readonly GrantRow[]): string =>
    JSON.stringify(of.map(({ folder, userId, groupId, role }) => [folder, userId, groupId, role].join('|')).sort());
  return texts(rows) === texts(others);
}

function translated(rows: readonly GrantRow[], from: string, to: string): GrantRow[] {
  return rows.map((row) => ({ ...row, folder: to + row.folder.slice(from.length) }));
}
