/** The schema of `audit.db`, step by step. Steps that were released are never changed. */
import type { AuditCheckpoint, AuditEntry } from '@netstore/shared-types';
import { type Kysely, sql } from 'kysely';

export interface AuditSchema {
  readonly entries: AuditEntry;
  readonly checkpoints: AuditCheckpoint;
  /** The last batch that was kept of each run of a gateway. */
  readonly senders: { readonly gateway: string; readonly batch: number };
}

export const AUDIT_MIGRATIONS = { '0001-audit': { up: createTables }, '0002-filters': { up: indexFilters } };

/** What `0002-filters` has an index without. A look that is new since then is left out by reading it. */
export const UNINDEXED_LOOKS = [
  'account.look',
  'audit.read',
  'cluster.look',
  'file.list',
  'file.look',
  'grant.list',
  'group.list',
  'group.look',
  'invitation.list',
  'invitation.look',
  'key.list',
  'link.list',
  'quota.look',
  'reset.look',
  'second-factor.look',
  'session.list',
  'session.refresh',
  'setup.look',
  'space.list',
  'space.look',
  'space.viewers',
  'trash.list',
  'user.list',
  'user.look',
] as const;

async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`create table entries (
    seq integer primary key, timeMs integer not null, actorId text, actorName text, via text, address text not null,
    action text not null, space text, path text, subject text, outcome text not null, requestId text not null, hash text not null
  ) strict`.execute(db);
  await sql`create table checkpoints (
    seq integer primary key, hash text not null, timeMs integer not null, kid text not null, publicKey text not null, signature text not null
  ) strict`.execute(db);
  await sql`create table senders (gateway text primary key, batch integer not null) strict, without rowid`.execute(db);
}

/** One for each filter. Every index ends with `seq`, the row's own number, so that entries come out of it in order. */
async function indexFilters(db: Kysely<unknown>): Promise<void> {
  const looks = sql.join(UNINDEXED_LOOKS.map((look) => sql.lit(look)));
  await sql`create index entriesByName on entries (actorName)`.execute(db);
  await sql`create index entriesById on entries (actorId)`.execute(db);
  await sql`create index entriesOfNobody on entries (subject) where actorId is null`.execute(db);
  await sql`create index entriesByAction on entries (action)`.execute(db);
  await sql`create index entriesByKind on entries (substr(action, 1, instr(action, '.')))`.execute(db);
  await sql`create index entriesOfActs on entries (seq) where action not in (${looks})`.execute(db);
  await sql`create index entriesBySpace on entries (space)`.execute(db);
  await sql`create index entriesByPath on entries (path)`.execute(db);
  await sql`create index entriesRefused on entries (seq) where outcome != 'ok'`.execute(db);
  await sql`create index entriesByCode on entries (outcome) where outcome != 'ok'`.execute(db);
  await sql`create index entriesByTime on entries (timeMs)`.execute(db);
}
