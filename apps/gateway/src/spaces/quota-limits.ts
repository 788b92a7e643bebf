/**
 * The quotas that a write carries to the nodes, which judge them when its record is applied: exactly, however many come at once. What cannot
 * fit even into an empty space is refused before its bytes flow.
 */
import { NetStoreError, parseSpaceId } from '@netstore/shared-types';
import type { QuotaLimit } from '@netstore/wire-protocol';
import type { GrantedSpace } from './space-rights.ts';

/** For an operation: without the field where there are none. */
export function limitsOf({ quotas }: GrantedSpace): { readonly quotas: QuotaLimit[] } | object {
  if (quotas.length === 0) return {};
  return { quotas: quotas.map(({ spaces, bytesMax }) => ({ spaces: spaces.map(parseSpaceId), bytesMax })) };
}

/** Throws `NS_QUOTA_EXCEEDED` for a body that is announced to be longer than a quota. */
export function requirePossible({ quotas }: GrantedSpace, bytes: number | undefined): void {
  const exceeded = quotas.find(({ bytesMax }) => bytes !== undefined && bytes > bytesMax);
  if (exceeded === undefined) return;
  throw new NetStoreError('NS_QUOTA_EXCEEDED', `The quota of ${exceeded.bytesMax} bytes has no room for ${bytes} more`);
}
