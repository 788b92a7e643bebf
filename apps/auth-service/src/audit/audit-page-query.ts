/** One page of the audit as a query that finds a rare entry among millions by an index: conditions are written as `audit-migrations.ts` indexes them. */
import { AUDIT_LOOKS, type AuditEntry, type AuditQuery } from '@netstore/shared-types';
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { type AuditSchema, UNINDEXED_LOOKS } from './audit-migrations.ts';

export type AuditFilter = Omit<AuditQuery, 'cursor' | 'limit'>;

export interface AuditRange {
  readonly before: number;
  readonly limit: number;
}

type Numbers = SelectQueryBuilder<AuditSchema, 'entries', { seq: number }>;
type Page = SelectQueryBuilder<AuditSchema, 'entries', AuditEntry>;

/** Finds the numbers first, which indexes alone can often tell, and reads no more entries than it answers with. */
export function pageOf(db: Kysely<AuditSchema>, { actor, ...filter }: AuditFilter, { before, limit }: AuditRange): Page {
  const all = narrowed(db.selectFrom('entries').select('seq').where('seq', '<', before), filter);
  const latest = (numbers: Numbers) => db.selectFrom(numbers.orderBy('seq', 'desc').limit(limit).as('found')).select('seq');
  const found =
    actor === undefined
      ? latest(all)
      : latest(all.where('actorName', '=', actor))
          .union(latest(all.where('actorId', '=', actor)))
          // Who signs in is nobody yet: those entries name the user that was asked for.
          .union(latest(all.where('actorId', 'is', null).where('subject', '=', actor)));
  return db.selectFrom('entries').selectAll().where('seq', 'in', found).orderBy('seq', 'desc').limit(limit);
}

function narrowed(query: Numbers, { action, without, space, path, outcome, from, to }: Omit<AuditFilter, 'actor'>): Numbers {
  let numbers = query;
  if (action?.includes('.')) numbers = numbers.where('action', '=', action);
  else if (action !== undefined) numbers = numbers.where(sql<boolean>`substr(action, 1, instr(action, '.')) = ${`${action}.`}`);
  if (without === 'looks') numbers = numbers.where(isNoLook()).where('action', 'not in', AUDIT_LOOKS);
  if (space !== undefined) numbers = numbers.where('space', '=', space);
  if (path !== undefined) numbers = numbers.where(isAtOrBelow(path));
  if (outcome !== undefined) numbers = numbers.where(isOutcome(outcome));
  if (from !== undefined) numbers = numbers.where('timeMs', '>=', Date.parse(from));
  if (to !== undefined) numbers = numbers.where('timeMs', '<', Date.parse(to));
  return numbers;
}

/** In the words of the index: a partial one is used only for the condition that it was made with. */
function isNoLook() {
  return sql<boolean>`action not in (${sql.join(UNINDEXED_LOOKS.map((look) => sql.lit(look)))})`;
}

function isOutcome(outcome: string) {
  if (outcome === 'ok') return sql<boolean>`outcome = 'ok'`;
  return outcome === 'refused' ? sql<boolean>`outcome != 'ok'` : sql<boolean>`(outcome != 'ok' and outcome = ${outcome})`;
}

/** As a range, not LIKE: names have `%` and `_` in them. `0` follows `/`. */
function isAtOrBelow(path: string) {
  return sql<boolean>`(path = ${path} or (path >= ${`${path}/`} and path < ${`${path}0`}))`;
}
