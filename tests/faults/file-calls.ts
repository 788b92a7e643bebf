/**
 * One client's calls to the HTTP API, each entered in the ledger before and after. A write is tried again under the same key until
 * it has an answer or the client's patience is over: then nobody knows, and the ledger says so.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntriesPage, EntryDetail } from '@netstore/shared-types';
import { seededBytes } from '../support/seeded-bytes.ts';
import type { OperationKind } from './history.ts';
import type { Answer, Ledger } from './ledger.ts';

const ATTEMPT_WITHIN_MS = 20_000;
const PAUSE_MS = 100;
const PAGE_ENTRIES = 1_000;

export interface FileCallsOptions {
  readonly name: string;
  /** Another one after a restart of the gateway. */
  readonly url: () => string;
  readonly session: SharedSession;
  readonly ledger: Ledger;
  /** How long a write is tried again. */
  readonly patienceMs: number;
}

export interface Body {
  readonly seed: string;
  readonly sizeBytes: number;
}

/** One session for all clients of a test: signing in is held back when many do it at once. */
export class SharedSession {
  readonly #signIn: () => Promise<string>;
  #token: Promise<string> | undefined;

  constructor(signIn: () => Promise<string>) {
    this.#signIn = signIn;
  }

  async token(): Promise<string> {
    this.#token ??= this.#signIn();
    try {
      return await this.#token;
    } catch (error) {
      this.#token = undefined;
      throw error;
    }
  }

  /** The token was refused: tokens end after some minutes. */
  forget(token: string): void {
    void this.#token?.then((current) => {
      if (current === token) this.#token = undefined;
    });
  }
}

export class FileCalls {
  readonly #options: FileCallsOptions;

  constructor(options: FileCallsOptions) {
    this.#options = options;
  }

  put(path: string, body: Body, kind: 'put' | 'add' = 'put'): Promise<Answer> {
    const bytes = Buffer.concat([...seededBytes(body.seed, body.sizeBytes)]);
    const content = createHash('sha256').update(bytes).digest('hex');
    return this.#entered({ kind, path, content }, (key) => this.#write('PUT', path, { key, bytes }));
  }

  remove(path: string): Promise<Answer> {
    return this.#entered({ kind: 'delete', path, content: null }, (key) => this.#write('DELETE', path, { key }));
  }

  get(path: string): Promise<Answer> {
    return this.#entered({ kind: 'get', path, content: null }, () => this.#read(path));
  }

  /** All names in a folder. */
  async list(folder: string): Promise<Set<string>> {
    const names = new Set<string>();
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ folder, limit: String(PAGE_ENTRIES), ...(cursor === null ? {} : { cursor }) });
      const page = (await this.#json(`entries?${query}`)) as EntriesPage | undefined;
      for (const entry of page?.entries ?? []) names.add(entry.path);
      cursor = page?.nextCursor ?? null;
    } while (cursor !== null);
    return names;
  }

  /** Hex digests, newest first; none when nothing is there. */
  async versions(path: string): Promise<string[]> {
    const entry = (await this.#json(`entries/${path}`)) as EntryDetail | undefined;
    return entry?.versions.map(({ sha256 }) => sha256) ?? [];
  }

  async #entered(
    call: { readonly kind: OperationKind; readonly path: string; readonly content: string | null },
    work: (key: string) => Promise<Answer>,
  ): Promise<Answer> {
    const { ledger, name } = this.#options;
    const id = await ledger.invoke({ client: name, ...call });
    const answer = await work(randomUUID());
    await ledger.end(id, answer);
    return answer;
  }

  async #write(method: 'PUT' | 'DELETE', path: string, { key, bytes }: { readonly key: string; readonly bytes?: Buffer }): Promise<Answer> {
    const giveUpAtMs = performance.now() + this.#options.patienceMs;
    const content = bytes === undefined ? {} : { 'content-type': 'application/octet-stream' };
    const init = {
      method,
      headers: { 'idempotency-key': key, ...content },
      ...(bytes === undefined ? {} : { body: new Uint8Array(bytes) }),
    };
    for (;;) {
      const answer = await this.#attempt(path, init);
      if (answer.outcome !== 'unknown' || performance.now() > giveUpAtMs) return answer;
      await sleep(PAUSE_MS);
    }
  }

  async #attempt(path: string, init: RequestInit & { readonly headers: Record<string, string> }): Promise<Answer> {
    try {
      const response = await this.#fetch(`files/${path}`, init);
      const text = await response.text();
      if (response.ok) return { outcome: 'ok', version: response.headers.get('x-netstore-version') ?? '' };
      return { outcome: isRefusal(response.status) ? 'fail' : 'unknown', reason: problemOf(response.status, text) };
    } catch (error) {
      return { outcome: 'unknown', reason: describeError(error) };
    }
  }

  async #read(path: string): Promise<Answer> {
    try {
      const response = await this.#fetch(`files/${path}`, {});
      const bytes = Buffer.from(await response.arrayBuffer());
      const isStale = response.headers.has('x-netstore-stale');
      if (response.status === 404) return { outcome: 'ok', content: null, isStale };
      if (response.status !== 200) return { outcome: 'unknown', reason: problemOf(response.status, bytes.toString()) };
      return { outcome: 'ok', content: createHash('sha256').update(bytes).digest('hex'), isStale };
    } catch (error) {
      return { outcome: 'unknown', reason: describeError(error) };
    }
  }

  async #json(path: string): Promise<unknown> {
    const response = await this.#fetch(path, {});
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new Error(`${path}: expected 200, got ${response.status}: ${await response.text()}`);
    return await response.json();
  }

  async #fetch(path: string, init: RequestInit & { readonly headers?: Record<string, string> }): Promise<Response> {
    const { url, session } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const token = await session.token();
      const response = await fetch(`${url()}/api/v1/spaces/home-admin/${path}`, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(ATTEMPT_WITHIN_MS),
      });
      if (response.status !== 401 || attempt > 1) return response;
      session.forget(token);
      await response.body?.cancel();
    }
  }
}

/** Only these say that it never happened; 408 and 429 end nothing either way for a body that was sent. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408;
}

function problemOf(status: number, body: string): string {
  try {
    const { code, detail } = JSON.parse(body) as { code?: string; detail?: string };
    return `${status} ${code}: ${detail}`;
  } catch {
    return `${status} ${body.slice(0, 200)}`;
  }
}

function describeError(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error instanceof Error ? error.message : String(error)}${cause}`;
}
