/**
 * The cursor of a listing: after which entry the next page begins. Base64url of a JSON array
 * `[format, listing, isFile, value, name]`: `value` is what the listing sorts by, `listing` 8 hex digits that tell it from
 * other listings. The entry may be gone meanwhile: its place in the order is not.
 */
import { createHash } from 'node:crypto';
import { NetStoreError } from '@netstore/shared-types';
import type { ListingQuery } from './listing-query.ts';

const FORMAT = 1;

export interface ListingPosition {
  readonly isFile: 0 | 1;
  /** Bytes or milliseconds; 0 in listings by name. */
  readonly value: number;
  readonly name: string;
}

export function formatCursor(query: ListingQuery, { isFile, value, name }: ListingPosition): string {
  return Buffer.from(JSON.stringify([FORMAT, listingOf(query), isFile, value, name])).toString('base64url');
}

/** Throws `NS_BAD_CURSOR` when the cursor was made by another listing or by nobody. */
export function parseCursor(query: ListingQuery, cursor: string): ListingPosition {
  const parts = parseJson(cursor);
  if (!Array.isArray(parts) || parts.length !== 5) fail('it is malformed');
  const [format, listing, isFile, value, name] = parts as unknown[];
  if (format !== FORMAT) fail(`its format is not ${FORMAT}`);
  if (listing !== listingOf(query)) fail('it belongs to another folder, sort or order');
  if ((isFile !== 0 && isFile !== 1) || typeof value !== 'number' || !Number.isSafeInteger(value) || typeof name !== 'string')
    fail('it is malformed');
  return { isFile, value, name };
}

function parseJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function listingOf({ space, folder, sort, order }: ListingQuery): string {
  return createHash('sha256')
    .update(JSON.stringify([space, folder, sort, order]))
    .digest('hex')
    .slice(0, 8);
}

function fail(reason: string): never {
  throw new NetStoreError('NS_BAD_CURSOR', `Cursor cannot be used: ${reason}`);
}
