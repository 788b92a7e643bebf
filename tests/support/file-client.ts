/** A user's side of the HTTP API, plain and without retries. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntriesPage, EntryDetail } from '@netstore/shared-types';
import { seededBytes } from './seeded-bytes.ts';

export interface UploadResult {
  readonly status: number;
  /** `2/3` or `3/3`; undefined when it was not stored. */
  readonly replicas: string | undefined;
  readonly body: string;
}

export interface SeededFile {
  readonly path: string;
  readonly seed: string;
  readonly sizeBytes: number;
}

export interface UploadOptions {
  readonly idempotencyKey?: string;
  /** Bytes a second; as fast as possible without. */
  readonly bytesPerSecond?: number;
  /** Called with the bytes sent so far. */
  readonly onProgress?: (sentBytes: number) => void;
  /** Cuts the connection, as a client does that vanishes. */
  readonly signal?: AbortSignal;
}

export class FileClient {
  readonly #url: string;
  readonly #token: string;
  readonly #space: string;

  constructor(url: string, token: string, space = 'home-admin') {
    this.#url = url;
    this.#token = token;
    this.#space = space;
  }

  /** Rejects when the connection broke before an answer: the outcome is unknown then. */
  async upload(file: SeededFile, options: UploadOptions = {}): Promise<UploadResult> {
    const upload = request(this.#fileUrl(file.path), {
      method: 'PUT',
      headers: {
        ...this.#headers,
        'content-type': 'application/octet-stream',
        'content-length': file.sizeBytes,
        ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
      },
    });
    const answered = Promise.withResolvers<IncomingMessage>();
    upload.on('response', answered.resolve).on('close', () => answered.reject(new Error('The connection ended without an answer')));
    // An answer may come before the last byte is sent: it counts, and what is left to send does not.
    const sent = pipeline(paced(file, options), upload, { signal: options.signal }).catch(() => undefined);
    const response = await answered.promise;
    const body = await textOf(response);
    await sent;
    const replicas = response.headers['x-netstore-replicas'];
    return { status: response.statusCode ?? 0, replicas: typeof replicas === 'string' ? replicas : undefined, body };
  }

  /** Hex SHA-256 of what came; rejects when the response broke off. */
  async download(
    path: string,
    { bytesPerSecond }: { readonly bytesPerSecond?: number } = {},
  ): Promise<{ readonly status: number; readonly sha256: string }> {
    const download = request(this.#fileUrl(path), { headers: this.#headers });
    download.end();
    const [response] = (await once(download, 'response')) as [IncomingMessage];
    const hash = createHash('sha256');
    for await (const piece of response as AsyncIterable<Buffer>) {
      hash.update(piece);
      if (bytesPerSecond !== undefined) await sleep((piece.length * 1_000) / bytesPerSecond);
    }
    return { status: response.statusCode ?? 0, sha256: hash.digest('hex') };
  }

  /** Undefined when nothing is there. */
  async entry(path: string): Promise<EntryDetail | undefined> {
    const answer = await fetch(`${this.#url}/api/v1/spaces/${this.#space}/entries/${encodePath(path)}`, { headers: this.#headers });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new Error(`Entry: expected 200, got ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as EntryDetail;
  }

  async entries(folder = ''): Promise<EntriesPage> {
    const answer = await fetch(`${this.#url}/api/v1/spaces/${this.#space}/entries?folder=${encodeURIComponent(folder)}&limit=1000`, {
      headers: this.#headers,
    });
    if (answer.status !== 200) throw new Error(`Entries: expected 200, got ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as EntriesPage;
  }

  async remove(path: string): Promise<number> {
    const answer = await fetch(this.#fileUrl(path), { method: 'DELETE', headers: this.#headers });
    await answer.arrayBuffer();
    return answer.status;
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }

  #fileUrl(path: string): string {
    return `${this.#url}/api/v1/spaces/${this.#space}/files/${encodePath(path)}`;
  }
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

async function* paced(file: SeededFile, { bytesPerSecond, onProgress }: UploadOptions): AsyncGenerator<Buffer> {
  let sentBytes = 0;
  for (const piece of seededBytes(file.seed, file.sizeBytes)) {
    yield piece;
    sentBytes += piece.length;
    onProgress?.(sentBytes);
    if (bytesPerSecond !== undefined) await sleep((piece.length * 1_000) / bytesPerSecond);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}
