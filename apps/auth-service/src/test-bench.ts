/** What unit tests stand on: a real database in a folder of its own, a clock that they move, and a logger that says nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Logger } from '@netstore/service-kit';
import type { PasswordCost } from './config.ts';
import { AuthDatabase } from './database.ts';

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
  readonly directory: string;
  readonly database: AuthDatabase;

  private constructor(directory: string, database: AuthDatabase) {
    this.directory = directory;
    this.database = database;
  }

  static async open(): Promise<TestBench> {
    const directory = mkdtempSync(join(tmpdir(), 'netstore-auth-'));
    return new TestBench(directory, await AuthDatabase.open(directory, silent));
  }

  get db() {
    return this.database.queries;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true });
  }
}
