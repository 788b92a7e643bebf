/** A whole auth service on a real database, with people who are signed in, asked without a socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Account,
  type GrantList,
  type GroupList,
  type IssuedSession,
  type Problem,
  SERVICE_KEY_HEADER,
  type SpaceAccess,
  type SpaceStanding,
  type SpaceStandings,
  type UserId,
  type ViewerList,
} from '@netstore/shared-types';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { createAccount } from '../accounts/create-account.ts';
import { PasswordHasher } from '../accounts/password-hasher.ts';
import { buildApp } from '../app.ts';
import { CHEAP, silent, TestBench } from './test-bench.ts';

const PASSWORD = 'correct horse battery';
const SERVICE_KEY = Buffer.alloc(32, 7);

export interface Person {
  readonly userId: UserId;
  readonly username: string;
  readonly accessToken: string;
}

export interface Answer {
  readonly status: number;
  /** Whatever it is: tests look at what they expect in it. */
  readonly body: Problem & IssuedSession & Account & SpaceStandings & SpaceAccess & GrantList & SpaceStanding & ViewerList & GroupList;
}

interface Asked {
  readonly as?: Person;
  readonly body?: object;
}

export class PeopleBench implements AsyncDisposable {
  readonly bench: TestBench;
  readonly app: FastifyInstance;
  readonly #passwordHash: string;
  #ownDirectory: string | undefined;

  private constructor(bench: TestBench, app: FastifyInstance, passwordHash: string) {
    this.bench = bench;
    this.app = app;
    this.#passwordHash = passwordHash;
  }

  /** In a directory of its own, which goes with it. */
  static async start(): Promise<PeopleBench> {
    const directory = mkdtempSync(join(tmpdir(), 'netstore-people-'));
    const people = await PeopleBench.open(directory);
    people.#ownDirectory = directory;
    return people;
  }

  /** The directory is the test's own, and stays. */
  static async open(directory: string): Promise<PeopleBench> {
    const bench = await TestBench.open(directory);
    const config = {
      host: '127.0.0.1',
      port: 0,
      dataDirectory: directory,
      serviceKey: SERVICE_KEY,
      firstAdmin: undefined,
      publicUrl: undefined,
      passwordCost: CHEAP,
      logLevel: 'silent',
    } as const;
    const app = await buildApp({ config, database: bench.database, logger: silent, now: bench.clock.now });
    return new PeopleBench(bench, app, await new PasswordHasher(CHEAP).hash(PASSWORD));
  }

  /** Signed in, with a home. */
  async person(username: string, roles: readonly ('admin' | 'auditor' | 'member')[] = ['member']): Promise<Person> {
    const createdAt = this.bench.clock.now();
    const user = { username, passwordHash: this.#passwordHash, roles, createdAt };
    const userId = await this.bench.db.transaction().execute((transaction) => createAccount(transaction, user));
    const { body } = await this.ask('POST /v1/sessions', { body: { username, password: PASSWORD } });
    return { userId, username, accessToken: body.accessToken };
  }

  /** By the gateway, in the name of a person or of nobody. */
  async ask(route: string, asked: Asked = {}): Promise<Answer> {
    const answer = await this.send(route, asked);
    return { status: answer.statusCode, body: JSON.parse(answer.body || '{}') };
  }

  /** As `ask`, and gives the answer as it came. */
  async send(route: string, { as, body }: Asked = {}): Promise<LightMyRequestResponse> {
    const [method, url] = route.split(' ') as ['GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', string];
    const headers: Record<string, string> = { [SERVICE_KEY_HEADER]: SERVICE_KEY.toString('hex') };
    if (as !== undefined) headers['authorization'] = `Bearer ${as.accessToken}`;
    return await this.app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    await this.bench[Symbol.asyncDispose]();
    if (this.#ownDirectory !== undefined) rmSync(this.#ownDirectory, { recursive: true });
  }
}
