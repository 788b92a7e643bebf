/** Whom a request comes from, as the gateway names them: nobody else gets this far. */
import { isIP } from 'node:net';
import { CLIENT_ADDRESS_HEADER, CLIENT_AGENT_HEADER, NetStoreError } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';

const AGENT_CHARACTERS_MAX = 256;

export interface Client {
  readonly address: string;
  /** What the browser calls itself: for people to recognise their sessions by, and proof of nothing. */
  readonly agent: string | null;
}

export function clientOf(request: FastifyRequest): Client {
  const agent = request.headers[CLIENT_AGENT_HEADER];
  return { address: clientAddressOf(request), agent: typeof agent === 'string' ? printable(agent) : null };
}

/** The gateway's own address where it names none. */
export function clientAddressOf(request: FastifyRequest): string {
  const named = request.headers[CLIENT_ADDRESS_HEADER];
  if (named === undefined) return request.ip;
  if (typeof named !== 'string' || isIP(named) === 0) {
    throw new NetStoreError('NS_BAD_REQUEST', `${CLIENT_ADDRESS_HEADER} is malformed: expected an IP address`);
  }
  return named;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, AGENT_CHARACTERS_MAX);
}
