/**
 * NetStore's HTTP API as a user's program sees it: signs in, keeps its access token fresh, and checks every byte. It streams both ways and holds no
 * file in memory.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { EntriesPage, Entry, Session } from '@netstore/shared-types';
import { Agent, type Dispatcher, request } from 'undici';
import type { RandomBody } from '../random-body.ts';

/** As many as the widest workload has in flight; each request has a connection of its own. */
const CONNECTIONS_MAX = 32;
/** Between the last byte sent and the answer lie the syncs of three disks. */
const ANSWER_DEADLINE_MS = 300_000;
/** A token is renewed when this part of its life is over. */
const TOKEN_LIFE_USED = 0.5;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export type OnBytes = (count: number) => void;

export class NetStoreClient implements AsyncDisposable {
  readonly #url: string;
  readonly #credentials: Credentials;
  readonly #agent = new Agent({ connections: CONNECTIONS_MAX, headersTimeout: ANSWER_DEADLINE_MS, bodyTimeout: ANSWER_DEADLINE_MS });
  #session: { readonly accessToken: string; readonly renewAtMs: number } | undefined;

  /** `url` is the origin of a gateway. */
  constructor(url: string, credentials: Credentials) {
    this.#url = url;
    this.#credentials = credentials;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.close();
  }

  /** Throws unless the gateway stored exactly the bytes of `body`. */
  async upload(path: string, body: RandomBody, signal: AbortSignal, onBytes: OnBytes = () => undefined): Promise<Entry> {
    const answer = await this.#send(
      {
        method: 'PUT',
        path: this.#filePath(path),
        headers: { 'content-type': 'application/octet-stream', 'content-length': String(body.sizeBytes) },
        body: Readable.from(counted(body.stream(), onBytes), { objectMode: false }),
      },
      signal,
    );
    const entry = (await this.#json(answer, 201)) as Entry;
    if (entry.sha256 !== body.sha256) throw new Error(`${path} was stored with other bytes: expected ${body.sha256}, got ${entry.sha256}`);
    return entry;
  }

  /** Throws unless exactly the bytes of `body` come back. */
  async download(path: string, body: RandomBody, signal: AbortSignal, onBytes: OnBytes = () => undefined): Promise<void> {
    const answer = await this.#send({ method: 'GET', path: this.#filePath(path) }, signal);
    if (answer.statusCode !== 200) await this.#json(answer, 200);
    const hash = createHash('sha256');
    for await (const chunk of counted(answer.body, onBytes)) hash.update(chunk);
    const sha256 = hash.digest('hex');
    if (sha256 !== body.sha256) throw new Error(`${path} came back with other bytes: expected ${body.sha256}, got ${sha256}`);
  }

  async listPage(folder: string, limit: number, signal: AbortSignal): Promise<EntriesPage> {
    const query = new URLSearchParams({ folder, limit: String(limit) });
    const answer = await this.#send({ method: 'GET', path: `${this.#space()}/entries?${query}` }, signal);
    return (await this.#json(answer, 200)) as EntriesPage;
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#send({ method: 'DELETE', path: this.#filePath(path) }, signal);
    await this.#json(answer, 204);
  }

  async #send(
    options: { method: Dispatcher.HttpMethod; path: string; headers?: Record<string, string>; body?: Readable },
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { path, ...rest } = options;
    const headers = { ...options.headers, authorization: `Bearer ${await this.#accessToken(signal)}` };
    return request(this.#url + path, { ...rest, headers, signal, dispatcher: this.#agent });
  }

  async #accessToken(signal: AbortSignal): Promise<string> {
    if (this.#session !== undefined && performance.now() < this.#session.renewAtMs) return this.#session.accessToken;
    const answer = await request(`${this.#url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(this.#credentials),
      signal,
      dispatcher: this.#agent,
    });
    const { accessToken, expiresInSeconds } = (await this.#json(answer, 201)) as Session;
    this.#session = { accessToken, renewAtMs: performance.now() + expiresInSeconds * 1000 * TOKEN_LIFE_USED };
    return accessToken;
  }

  async #json(answer: Dispatcher.ResponseData, expectedStatus: number): Promise<unknown> {
    const text = await answer.body.text();
    if (answer.statusCode === expectedStatus) return text === '' ? undefined : JSON.parse(text);
    throw new Error(`The gateway answered ${answer.statusCode} where ${expectedStatus} was expected: ${text.slice(0, 500)}`);
  }

  #space(): string {
    return `/api/v1/spaces/${encodeURIComponent(`home-${this.#credentials.username}`)}`;
  }

  #filePath(path: string): string {
    return `${this.#space()}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, onBytes: OnBytes): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    onBytes(chunk.length);
  }
}
