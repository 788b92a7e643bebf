/**
 * Another service over HTTP, by Node's own client with connections that are kept. `fetch` would bring a second client of 13 MiB into a gateway that has
 * no other use for it, and take longer for each of many small questions.
 */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';

/** Streams and the hashing of passwords hold one each for long. */
const CONNECTIONS_MAX = 128;
const IDLE_CONNECTIONS_MAX = 16;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whether it may be put twice, because twice comes to the same as once: as every GET. */
  readonly isRepeatable?: boolean | undefined;
  /** Ends the request, and the answer where that is still on its way. */
  readonly signal: AbortSignal;
}

export class HttpOrigin {
  readonly #origin: string;
  readonly #client: typeof http | typeof https;
  readonly #agent: http.Agent;

  constructor(origin: string) {
    this.#origin = origin;
    this.#client = origin.startsWith('https:') ? https : http;
    this.#agent = new this.#client.Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, maxFreeSockets: IDLE_CONNECTIONS_MAX });
  }

  /** Resolves when the answer begins, whatever its status; nothing is followed. The caller reads it or destroys it. */
  send(path: string, asked: HttpRequest): Promise<IncomingMessage> {
    const { method, body = '', signal, isRepeatable = method === 'GET' } = asked;
    // Node gives a length by itself only where the method usually has a body.
    const headers = { ...asked.headers, ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }) };
    return new Promise((resolve, reject) => {
      const request = this.#client.request(this.#origin + path, { method, headers, signal, agent: this.#agent });
      request.on('response', resolve);
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The other side closed the connection just before it was used again: what was written to it may be found out first, or what was to be read.
        const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (isStale && isRepeatable) resolve(this.send(path, asked));
        else reject(error);
      });
      request.end(body);
    });
  }
}
