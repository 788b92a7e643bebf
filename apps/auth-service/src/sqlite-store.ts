/** Opens a database file of this service and brings its schema up to date. Refuses one that a newer program has changed. */
import { basename } from 'node:path';
import { type Database as Connection, openSqlite } from '@netstore/service-kit';
import { NetStoreError } from '@netstore/shared-types';
import { type DialectAdapter, Kysely, SqliteAdapter, SqliteDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

type Migrations = Readonly<Record<string, Migration>>;

export interface OpenedDatabase<Schema> {
  readonly queries: Kysely<Schema>;
  /** Closed by whoever has opened it: Kysely closes only what it has used. */
  readonly connection: Connection;
}

/** Throws `NS_DATA_DIRECTORY` when the file cannot be used, is damaged, or newer than this program. */
export async function openMigrated<Schema>(path: string, migrations: Migrations): Promise<OpenedDatabase<Schema>> {
  const file = basename(path);
  const connection = openSqlite(path);
  const queries = new Kysely<Schema>({ dialect: new TransactionalDdlDialect({ database: connection }) });
  try {
    await refuseNewerSchema(queries, migrations, file);
    const provider = { getMigrations: async () => ({ ...migrations }) };
    const { error } = await new Migrator({ db: queries, provider }).migrateToLatest();
    if (error !== undefined) throw error;
    return { queries, connection };
  } catch (error) {
    await queries.destroy();
    connection.close();
    if (error instanceof NetStoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetStoreError('NS_DATA_DIRECTORY', `${file} cannot be brought up to date: ${reason}`, { cause: error });
  }
}

/** SQLite changes schemas in transactions. Kysely does not use that by default, and a crash would leave half a migration. */
class TransactionalDdlDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }
}
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

async function refuseNewerSchema<Schema>(queries: Kysely<Schema>, migrations: Migrations, file: string): Promise<void> {
  const tables = await queries.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(queries);
  const unknown = rows.map(({ name }) => name).filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length === 0) return;
  throw new NetStoreError(
    'NS_DATA_DIRECTORY',
    `${file} was written by a newer NetStore: this one does not know ${unknown.join(', ')}. Start the newer version, or restore a backup made before it.`,
  );
}
