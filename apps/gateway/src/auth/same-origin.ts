/**
 * Proof that a request which lives on the cookie comes from our own page: a header that other sites cannot set without being
 * asked first (there is no CORS here to say yes), and what the browser itself says of where the request comes from.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';

const PROOF_HEADER = 'x-netstore-request';

/** Throws `NS_FORBIDDEN`. */
export async function requireSameOrigin(request: FastifyRequest): Promise<void> {
  const { [PROOF_HEADER]: proof, origin, 'sec-fetch-site': site } = request.headers;
  const isOwnOrigin = origin === undefined || hostOf(origin) === request.host;
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (proof === '1' && isOwnOrigin && isOwnSite) return;
  throw new NetStoreError('NS_FORBIDDEN', 'The request does not come from the page of this server');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
