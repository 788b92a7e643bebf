/** The rows of the audit, in `audit.db`: a file of its own, so that users' data never wait for it. Rows are added and never changed. */
import { join } from 'node:path';
import { type Database as Connection, checkpointSqlite } from '@netstore/service-kit';
import type { AuditCheckpoint, AuditEntry, AuditQuery } from '@netstore/shared-types';
import { type Kysely, sql } from 'kysely';
import { type OpenedDatabase, openMigrated } from '../sqlite-store.ts';

interface Schema {
  readonly entries: AuditEntry;
  readonly checkpoints: AuditCheckpoint;
  /** The last batch that was kept of each run of a gateway. */
  readonly senders: { readonly gateway: string; readonly batch: number };
}

const MIGRATIONS = { '0001-audit': { up: createTables } };

export type AuditFilter = Omit<AuditQuery, 'cursor' | 'limit'>;

export class AuditStore implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #db: Kysely<Schema>;

  private constructor({ queries, connection }: OpenedDatabase<Schema>) {
    this.#db = queries;
    this.#connection = connection;
  }

  /** Throws `NS_DATA_DIRECTORY`. */
  static async open(dataDirectory: string): Promise<AuditStore> {
    return new AuditStore(await openMigrated<Schema>(join(dataDirectory, 'audit.db'), MIGRATIONS));
  }

  last(): Promise<Pick<AuditEntry, 'seq' | 'hash'> | undefined> {
    return this.#db.selectFrom('entries').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  }

  async lastCheckpointSeq(): Promise<number> {
    const row = await this.#db.selectFrom('checkpoints').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
    return row?.seq ?? 0;
  }

  async lastBatchOf(gateway: string): Promise<number> {
    const row = await this.#db.selectFrom('senders').select('batch').where('gateway', '=', gateway).executeTakeFirst();
    return row?.batch ?? 0;
  }

  /** All of the batch or nothing of it. */
  async append(entries: readonly AuditEntry[], sender: { readonly gateway: string; readonly batch: number }): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.insertInto('entries').values(entries).execute();
      await transaction
        .insertInto('senders')
        .values(sender)
        .onConflict((conflict) => conflict.column('gateway').doUpdateSet({ batch: sender.batch }))
        .execute();
    });
  }

  async addCheckpoint(checkpoint: AuditCheckpoint): Promise<void> {
    await this.#db.insertInto('checkpoints').values(checkpoint).execute();
  }

  /** The newest first, those before `before`. */
  async page(filter: AuditFilter, { before, limit }: { readonly before: number; readonly limit: number }): Promise<AuditEntry[]> {
    const { actor, action, space, path, outcome, from, to } = filter;
    let query = this.#db.selectFrom('entries').selectAll().where('seq', '<', before);
    if (actor !== undefined) query = query.where(isBy(actor));
    if (action?.includes('.')) query = query.where('action', '=', action);
    else if (action !== undefined) query = query.where(startsWith('action', `${action}.`));
    if (space !== undefined) query = query.where('space', '=', space);
    if (path !== undefined) query = query.where((where) => where.or([where('path', '=', path), startsWith('path', `${path}/`)]));
    if (outcome === 'refused') query = query.where('outcome', '!=', 'ok');
    else if (outcome !== undefined) query = query.where('outcome', '=', outcome);
    if (from !== undefined) query = query.where('timeMs', '>=', Date.parse(from));
    if (to !== undefined) query = query.where('timeMs', '<', Date.parse(to));
    return await query.orderBy('seq', 'desc').limit(limit).execute();
  }

  /** The oldest first, those after `after` up to `upTo`. */
  entriesAfter(after: number, { upTo, limit }: { readonly upTo: number; readonly limit: number }): Promise<AuditEntry[]> {
    const query = this.#db.selectFrom('entries').selectAll().where('seq', '>', after).where('seq', '<=', upTo);
    return query.orderBy('seq').limit(limit).execute();
  }

  checkpointsUpTo(upTo: number): Promise<AuditCheckpoint[]> {
    return this.#db.selectFrom('checkpoints').selectAll().where('seq', '<=', upTo).orderBy('seq').execute();
  }

  /** Empties the write-ahead log into the file. */
  tidy(): void {
    checkpointSqlite(this.#connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#connection.open) this.tidy();
    await this.#db.destroy();
    this.#connection.close();
  }
}

/** Who signs in is nobody yet: those entries name the user that was asked for. */
function isBy(actor: string) {
  return sql<boolean>`(actorName = ${actor} or actorId = ${actor} or (actorId is null and subject = ${actor}))`;
}

/** Not LIKE: names have `%` and `_` in them. */
function startsWith(column: 'action' | 'path', prefix: string) {
  return sql<boolean>`substr(${sql.ref(column)}, 1, ${prefix.length}) = ${prefix}`;
}

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
