/** Opens `auth.db` and takes its checkpoints. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Database as Connection, checkpointSqlite, type Logger } from '@netstore/service-kit';
import { NetStoreError } from '@netstore/shared-types';
import { type Kysely, sql } from 'kysely';
import { MIGRATIONS } from './migrations.ts';
import type { Schema } from './schema.ts';
import { type OpenedDatabase, openMigrated } from './sqlite-store.ts';

const CHECKPOINT_INTERVAL_MS = 30_000;
/** A checkpoint costs two syncs; below this it buys nothing. */
const CHECKPOINT_WAL_BYTES_MIN = 1024 * 1024;

export class AuthDatabase implements AsyncDisposable {
  readonly queries: Kysely<Schema>;
  readonly #connection: Connection;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #isCheckpointFailing = false;

  private constructor({ queries, connection }: OpenedDatabase<Schema>, logger: Logger) {
    this.queries = queries;
    this.#connection = connection;
    this.#logger = logger;
    this.#timer = setInterval(() => this.#checkpointWhenWorthwhile(), CHECKPOINT_INTERVAL_MS).unref();
  }

  /**
   * Makes the directory when it is missing. Throws `NS_DATA_DIRECTORY` when it cannot be used, or when the file is damaged or newer than this
   * program.
   */
  static async open(dataDirectory: string, logger: Logger): Promise<AuthDatabase> {
    makeDirectory(dataDirectory);
    return new AuthDatabase(await openMigrated<Schema>(join(dataDirectory, 'auth.db'), MIGRATIONS), logger);
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

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetStoreError('NS_DATA_DIRECTORY', `The data directory cannot be made: ${reason}`, { cause: error });
  }
}
