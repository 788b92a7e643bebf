/**
 * The one-time token that lets whoever can read the data directory create the first administrator. The database holds its hash;
 * the file `setup-token` holds it in clear, for the owner of the directory alone, and is gone when set-up is done.
 */
import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';

const LIFETIME_MS = 60 * 60 * 1000;

export class SetupToken {
  readonly #path: string;
  readonly #now: Clock;

  constructor(dataDirectory: string, now: Clock) {
    this.#path = join(dataDirectory, 'setup-token');
    this.#now = now;
  }

  /** Makes a new token; the old one is worth nothing from then on. Returns the path of its file. */
  async renew(db: Kysely<Schema>): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('setupTokens').execute();
      await transaction
        .insertInto('setupTokens')
        .values({ tokenHash: hashOf(token), expiresAt: this.#now() + LIFETIME_MS })
        .execute();
    });
    await this.#write(token);
    return this.#path;
  }

  async isValid(db: Kysely<Schema>, token: string): Promise<boolean> {
    const row = await db.selectFrom('setupTokens').select('expiresAt').where('tokenHash', '=', hashOf(token)).executeTakeFirst();
    return row !== undefined && row.expiresAt > this.#now();
  }

  /** Call inside the transaction that creates the first user. */
  async forget(db: Kysely<Schema>): Promise<void> {
    await db.deleteFrom('setupTokens').execute();
  }

  /** Also at every start after set-up: a crash may have come between the commit and this. */
  async removeFile(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  async #write(token: string): Promise<void> {
    // By rename: whoever reads the file sees a whole token. By unlink first: a leftover could have another owner or mode.
    const draft = `${this.#path}.new`;
    await rm(draft, { force: true });
    await using file = await open(draft, 'wx', 0o600);
    await file.writeFile(`${token}\n`);
    await rename(draft, this.#path);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
