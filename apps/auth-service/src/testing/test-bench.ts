/** What unit tests stand on: a real database, a clock that they move, and a logger that says nothing. */
import { createLogger, type Logger } from '@netstore/service-kit';
import type { ClusterRole, UserId } from '@netstore/shared-types';
import { createAccount } from '../accounts/create-account.ts';
import type { PasswordCost } from '../config.ts';
import { AuthDatabase } from '../database.ts';

/** The floor, for speed. */
export const CHEAP: PasswordCost = { memoryKib: 19 * 1024, passes: 2, lanes: 1 };

export const silent: Logger = createLogger({ service: 'trial', level: 'silent' });

/** A time to begin with; no test depends on which. */
const BEGINNING = Date.UTC(2030, 0, 1);

export class TestClock {
  #now = BEGINNING;

  readonly now = (): number => this.#now;

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

export class TestBench implements AsyncDisposable {
  readonly clock = new TestClock();
  readonly database: AuthDatabase;

  private constructor(database: AuthDatabase) {
    this.database = database;
  }

  /** The directory is the test's own: it makes and removes it. */
  static async open(directory: string): Promise<TestBench> {
    return new TestBench(await AuthDatabase.open(directory, silent));
  }

  get db(): AuthDatabase['queries'] {
    return this.database.queries;
  }

  /** With a home space, and without a password that anybody could know. */
  user(username: string, roles: readonly ClusterRole[] = ['member']): Promise<UserId> {
    const createdAt = this.clock.now();
    return this.db.transaction().execute((transaction) => createAccount(transaction, { username, passwordHash: '', roles, createdAt }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database[Symbol.asyncDispose]();
  }
}
