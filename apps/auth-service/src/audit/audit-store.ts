/** The rows of the audit, in `audit.db`: a file of its own, so that users' data never wait for it. Rows are added and never changed. */
import { join } from 'node:path';
import { type Database as Connection, checkpointSqlite } from '@netstore/service-kit';
import type { AuditCheckpoint, AuditEntry } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { type OpenedDatabase, openMigrated } from '../sqlite-store.ts';
import { AUDIT_MIGRATIONS, type AuditSchema } from './audit-migrations.ts';
import { type AuditFilter, type AuditRange, pageOf } from './audit-page-query.ts';

/** As spreadsheets show them, too. */
export const ENTRY_COLUMNS = [
  'seq',
  'timeMs',
  'actorId',
  'actorName',
  'via',
  'address',
  'action',
  'space',
  'path',
  'subject',
  'outcome',
  'requestId',
  'hash',
] as const satisfies readonly (keyof AuditEntry)[];

/** A run of a gateway, and the number of its batch. */
interface Sender {
  readonly gateway: string;
  readonly batch: number;
}

export class AuditStore implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #db: Kysely<AuditSchema>;
  readonly #append: (entries: readonly AuditEntry[], sender: Sender) => void;

  private constructor({ queries, connection }: OpenedDatabase<AuditSchema>) {
    this.#db = queries;
    this.#connection = connection;
    this.#append = prepareAppend(connection);
  }

  /** Throws `NS_DATA_DIRECTORY`. */
  static async open(dataDirectory: string): Promise<AuditStore> {
    return new AuditStore(await openMigrated<AuditSchema>(join(dataDirectory, 'audit.db'), AUDIT_MIGRATIONS));
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
  append(entries: readonly AuditEntry[], sender: Sender): void {
    this.#append(entries, sender);
  }

  async addCheckpoint(checkpoint: AuditCheckpoint): Promise<void> {
    await this.#db.insertInto('checkpoints').values(checkpoint).execute();
  }

  /** The newest first, those before `before`. */
  page(filter: AuditFilter, range: AuditRange): Promise<AuditEntry[]> {
    return pageOf(this.#db, filter, range).execute();
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

/** Every read of a file comes by here: the statements are prepared once, and not for each batch of another length. */
function prepareAppend(connection: Connection): (entries: readonly AuditEntry[], sender: Sender) => void {
  const values = ENTRY_COLUMNS.map((column) => `@${column}`);
  const insertEntry = connection.prepare<[AuditEntry]>(`insert into entries (${ENTRY_COLUMNS.join(', ')}) values (${values.join(', ')})`);
  const insertSender = connection.prepare<[Sender]>(
    'insert into senders (gateway, batch) values (@gateway, @batch) on conflict (gateway) do update set batch = excluded.batch',
  );
  return connection.transaction((entries: readonly AuditEntry[], sender: Sender) => {
    for (const entry of entries) insertEntry.run(entry);
    insertSender.run(sender);
  });
}
