/**
 * How many rules a space may have, and how long the folders may be that they name. Whoever owns a space can write rules about anybody in it: what
 * they weigh is carried by every answer about such a person, here and at every gateway.
 */
import { GRANT_FOLDER_BYTES_MAX, GRANTS_PER_SPACE_MAX, NetStoreError, type SpaceId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';
import { measureGrants } from './grant-store.ts';

/** Throws `NS_CONFLICT` when a space has too many. Call after rules were added, inside the transaction that adds them. */
export async function requireGrantsFit(db: Kysely<Schema>, spaceId: SpaceId): Promise<void> {
  const { count, folderBytes } = await measureGrants(db, spaceId);
  if (count > GRANTS_PER_SPACE_MAX) {
    throw new NetStoreError('NS_CONFLICT', `A space may have ${GRANTS_PER_SPACE_MAX} rules, this would be ${count}`);
  }
  if (folderBytes > GRANT_FOLDER_BYTES_MAX) {
    throw new NetStoreError(
      'NS_CONFLICT',
      `The folders that the rules of a space name may have ${GRANT_FOLDER_BYTES_MAX} bytes together, this would be ${folderBytes}`,
    );
  }
}
