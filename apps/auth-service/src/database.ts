/**
 * Opens `auth.db`, brings its schema up to date and takes its checkpoints. Refuses a file that a newer program has changed.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Database as Connection, checkpointSqlite, type Logger, openSqlite } from '@netstore/service-kit';
import { NetStoreError } from '@netstore/shared-types';
import { type DialectAdapter, Kysely, SqliteAdapter, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from './migrations.ts';
import type { Schema } from './schema.ts';

const CHECKPOINT_INTERVAL_MS = 30_000;
/** A checkpoint costs two syncs; below this it buys nothing. */
const CHECKPOINT_WAL_BYTES_MIN = 1024 * 1024;

/** SQLite changes schemas in transactions. Kysely does not use that by default, and a crash would leave half a migration. */
export class TransactionalDdlDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }
}
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

export class AuthDatabase implements AsyncDisposable {
  readonly queries: Kysely<Schema>;
  readonly #connection: Connection;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #isCheckpointFailing = false;

  private constructor(connection: Connection, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
    this.queries = new Kysely<Schema>({ dialect: new TransactionalDdlDialect({ database: connection }) });
    this.#timer = setInterval(() => this.#checkpointWhenWorthwhile(), CHECKPOINT_INTERVAL_MS).unref();
  }

  /**
   * Makes the directory when it is missing. Throws `NS_DATA_DIRECTORY` when it cannot be used, or when the file is damaged or newer than this
   * program.
   */
  static async open(dataDirectory: string, logger: Logger): Promise<AuthDatabase> {
    makeDirectory(dataDirectory);
    const database = new AuthDatabase(openSqlite(join(dataDirectory, 'auth.db')), logger);
    try {
      await refuseNewerSchema(database.queries);
      const provider = { getMigrations: async () => ({ ...MIGRATIONS }) };
      const { error } = await new Migrator({ db: database.queries, provider }).migrateToLatest();
      if (error !== undefined) throw error;
      return database;
    } catch (error) {
      await database[Symbol.asyncDispose]();
      if (error instanceof NetStoreError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new NetStoreError('NS_DATA_DIRECTORY', `auth.db cannot be brought up to date: ${reason}`, { cause: error });
    }
  }

  /** What keeps the database from doing its work; empty when nothing does. */
  async problems(): Promise<string[]> {
    await sql`select 1 from users limit 1`.execute(this.queries);
    return this.#isCheckpointFailing ? ['The last checkpoint of auth.db failed; the log says why.'] : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    if (this.#connection.open) this.#checkpoint();
    await this.queries.destroy();
    // Kysely closes only what it has used.
    this.#connection.close();
  }

  #checkpointWhenWorthwhile(): void {
    const walBytes = statSync(`${this.#connection.name}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (walBytes >= CHECKPOINT_WAL_BYTES_MIN) this.#checkpoint();
  }

  /** A failed checkpoint loses nothing, but the log grows until one succeeds: it is said, and shown as not ready. */
  #checkpoint(): void {
    try {
      checkpointSqlite(this.#connection);
      this.#isCheckpointFailing = false;
    } catch (error) {
      this.#isCheckpointFailing = true;
      this.#logger.error({ err: error }, 'checkpoint failed');
    }
  }
}

async function refuseNewerSchema(queries: Kysely<Schema>): Promise<void> {
  const tables = await queries.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(queries);
  const unknown = rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length === 0) return;
  throw new NetStoreError(
    'NS_DATA_DIRECTORY',
    `auth.db was written by a newer NetStore: this one does not know ${unknown.join(', ')}. Start the newer version, or restore a backup made before it.`,
  );
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetStoreError('NS_DATA_DIRECTORY', `The data directory cannot be made: ${reason}`, { cause: error });
  }
}
