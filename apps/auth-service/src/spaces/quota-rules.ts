/** What holds about quotas when they, or owners, change. How much a space takes is known to the storage nodes alone; they keep the limit. */
import { NetStoreError, QUOTA_SPACES_MAX, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';
import { quotaOf } from './quota-store.ts';
import { idsOfSpacesOwnedBy } from './space-store.ts';

/** Throws `NS_CONFLICT` when a user with a quota owns more spaces than one write can name. Call after the change, inside its transaction. */
export async function requireQuotaFits(db: Kysely<Schema>, ownerId: UserId): Promise<void> {
  if ((await quotaOf(db, ownerId)) === null) return;
  const { length } = await idsOfSpacesOwnedBy(db, ownerId);
  if (length > QUOTA_SPACES_MAX) {
    throw new NetStoreError('NS_CONFLICT', `Whoever has a quota may own ${QUOTA_SPACES_MAX} spaces, this would be ${length}`);
  }
}
