/** Recognises the gateway by the service key, and takes its word for who the browser is then, and only then. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { CLIENT_ADDRESS_HEADER, CLIENT_AGENT_HEADER, NetStoreError, SERVICE_KEY_HEADER } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';

const AGENT_CHARACTERS_MAX = 256;

/** Whom a request comes from, beyond the gateway. */
export interface Client {
  readonly address: string;
  /** What the browser calls itself: for people to recognise their sessions by, and proof of nothing. */
  readonly agent: string | null;
}

export class ServiceKey {
  readonly #digest: Buffer;

  constructor(key: Buffer) {
    this.#digest = digestOf(key.toString('hex'));
  }

  /** Throws `NS_UNAUTHENTICATED` unless the request carries the key. */
  require(request: FastifyRequest): void {
    if (!this.#isPresented(request)) throw new NetStoreError('NS_UNAUTHENTICATED', 'The service key is missing');
  }

  /** Address and name of the browser, as `clientAddressOf` says. */
  clientOf(request: FastifyRequest): Client {
    const address = this.clientAddressOf(request);
    const agent = this.#isPresented(request) ? request.headers[CLIENT_AGENT_HEADER] : request.headers['user-agent'];
    return { address, agent: typeof agent === 'string' ? printable(agent) : null };
  }

  /**
   * The browser's address as the gateway names it, else the address of whoever is connected. Throws `NS_UNAUTHENTICATED` for a
   * wrong key: going on would throttle all browsers as one.
   */
  clientAddressOf(request: FastifyRequest): string {
    if (!this.#isPresented(request)) return request.ip;
    const named = request.headers[CLIENT_ADDRESS_HEADER];
    if (named === undefined) return request.ip;
    if (typeof named !== 'string' || isIP(named) === 0) {
      throw new NetStoreError('NS_BAD_REQUEST', `${CLIENT_ADDRESS_HEADER} is malformed: expected an IP address`);
    }
    return named;
  }

  #isPresented(request: FastifyRequest): boolean {
    const presented = request.headers[SERVICE_KEY_HEADER];
    if (presented === undefined) return false;
    // Digests have equal lengths, so that the comparison takes the same time whatever was sent.
    if (timingSafeEqual(digestOf(String(presented).toLowerCase()), this.#digest)) return true;
    throw new NetStoreError('NS_UNAUTHENTICATED', 'The service key is wrong');
  }
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, AGENT_CHARACTERS_MAX);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
