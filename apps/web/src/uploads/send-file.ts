/**
 * Sends one file as the raw body of a PUT. By XMLHttpRequest, the only one of the browser's ways that reports how much
 * of a body has left.
 */
import type { Entry } from '@netstore/shared-types';
import type { ApiClient } from '../api/api-client.ts';
import { ApiProblem, readProblem, unreachable } from '../api/api-problem.ts';
import { type FilesApi, spaceRoute } from '../api/files-api.ts';
import { isReachable } from '../api/http.ts';
import type { ListingCache } from '../api/listing-cache.ts';
import { encodePath } from '../names/path.ts';
import type { Upload } from './upload.ts';
import type { SendOptions } from './upload-ports.ts';

/** For larger files it is worth asking first whether the name is free; smaller ones are simply sent and may be refused. */
const ASK_FIRST_BYTES = 8 * 1024 * 1024;
/** A transfer that does not move for so long is broken, whatever the connection says. */
const STALLED_MS = 60_000;
/** The time for the server's word after the last byte. */
const CONFIRM_MS = 180_000;

export interface FileSender {
  readonly client: ApiClient;
  readonly files: FilesApi;
  readonly listings: ListingCache;
}

/** Resolves with the stored entry; rejects with `ApiProblem`, also when aborted. */
export async function sendFile(sender: FileSender, upload: Upload, options: SendOptions): Promise<Entry> {
  if (isWorthAsking(sender, upload)) await refuseWhereTaken(sender.files, upload, options.signal);
  const token = await sender.client.session.token();
  try {
    return await put(sender, upload, { ...options, token });
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem)) throw thrown;
    if (thrown.status === 401) return put(sender, upload, { ...options, token: await sender.client.session.renew(token) });
    if (thrown.status === 0 && !options.signal.aborted) {
      await refuseWhereUnreadable(upload.file);
      isReachable.set(false);
    }
    throw thrown;
  }
}

function isWorthAsking({ listings }: FileSender, { clashRule, space, path, file }: Upload): boolean {
  if (clashRule === 'replace') return false;
  const isListed = listings.isListed(space, path);
  return isListed ?? file.size >= ASK_FIRST_BYTES;
}

async function refuseWhereTaken(files: FilesApi, upload: Upload, signal: AbortSignal): Promise<void> {
  try {
    await files.detail(upload.space, upload.path, signal);
  } catch (thrown) {
    if (thrown instanceof ApiProblem && thrown.status === 404) return;
    throw thrown;
  }
  throw new ApiProblem('A file of that name exists.', { code: 'NS_PRECONDITION_FAILED', status: 412 });
}

/** The browser reports a file that was changed or removed meanwhile like a broken connection. */
async function refuseWhereUnreadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch (cause) {
    const message = 'The file on this computer was changed, moved or removed after you chose it. Choose it again.';
    throw new ApiProblem(message, { code: 'FILE_UNREADABLE', status: 400, cause });
  }
}

type PutOptions = SendOptions & { readonly token: string };

function put({ client }: FileSender, upload: Upload, { onProgress, onSent, signal, token }: PutOptions): Promise<Entry> {
  const { promise, resolve, reject } = Promise.withResolvers<Entry>();
  const request = new XMLHttpRequest();
  const watch = new StallWatch(() => request.abort());
  request.upload.onprogress = (event) => {
    watch.restart(STALLED_MS);
    onProgress(event.loaded);
  };
  request.upload.onload = () => {
    watch.restart(CONFIRM_MS);
    onSent();
  };
  request.onload = () => {
    isReachable.set(true);
    client.known.take((name) => request.getResponseHeader(name));
    if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Entry);
    else reject(readProblem({ status: request.status, header: (name) => request.getResponseHeader(name) }, request.responseText));
  };
  request.onerror = () => reject(unreachable());
  request.onabort = () => reject(unreachable(signal.reason));
  request.onloadend = () => {
    watch.stop();
    signal.removeEventListener('abort', abort);
  };
  const abort = (): void => request.abort();
  signal.addEventListener('abort', abort);
  request.open('PUT', spaceRoute(upload.space, `files/${encodePath(upload.path)}`));
  for (const [name, value] of headersOf(upload, token)) request.setRequestHeader(name, value);
  watch.restart(STALLED_MS);
  request.send(upload.file);
  if (signal.aborted) request.abort();
  return promise;
}

function headersOf(upload: Upload, token: string): Headers {
  const headers = new Headers({
    Authorization: `Bearer ${token}`,
    'Content-Type': upload.file.type === '' ? 'application/octet-stream' : upload.file.type,
    'Idempotency-Key': upload.key,
    'X-NetStore-Request': '1',
  });
  if (upload.clashRule !== 'replace') headers.set('If-None-Match', '*');
  return headers;
}

class StallWatch {
  readonly #onStall: () => void;
  #timer: number | undefined;

  constructor(onStall: () => void) {
    this.#onStall = onStall;
  }

  restart(limitMs: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(this.#onStall, limitMs);
  }

  stop(): void {
    window.clearTimeout(this.#timer);
  }
}
