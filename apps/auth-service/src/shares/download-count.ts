/**
 * Counts downloads before their bytes flow, each in one transaction: of a hundred at once a link limited to one lets one through.
 *
 * A counted download may send twice the size of its file, for an hour, in the same share session and of the same version: so much does whoever
 * has a bad connection need, and no trick with ranges gets more. What an answer is going to send is taken off beforehand, and what did not go out
 * of one that broke off is given back. From the first byte it may begin again only when it broke off, or when no more than a glance at the
 * beginning was taken, as players do. A gateway that dies says nothing, and its bytes stay taken: too few is the safe side.
 */
import { type BrokenDownload, type LinkDownload, NetStoreError, type ShareLinkId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

const SAME_DOWNLOAD_MS = 60 * 60 * 1000;
const GLANCE_BYTES_MAX = 1024;

interface Asked extends LinkDownload {
  readonly linkId: ShareLinkId;
  readonly now: number;
}

/** Call inside a transaction. Throws `NS_LINK_USED_UP`. */
export async function countDownload(db: Kysely<Schema>, asked: Asked): Promise<void> {
  const { linkId, session, version, lengthBytes, now } = asked;
  const last = await selectDownload(db, asked).executeTakeFirst();
  if (last !== undefined && now - last.countedAt < SAME_DOWNLOAD_MS && belongsTo(last, asked)) {
    await updateDownload(db, asked)
      .set((is) => ({ isBroken: asked.isContinuation ? last.isBroken : 0, bytesLeft: is('bytesLeft', '-', lengthBytes) }))
      .execute();
    return;
  }
  const { numUpdatedRows } = await db
    .updateTable('shareLinks')
    .set((is) => ({ downloadsUsed: is('downloadsUsed', '+', 1), lastUsedAt: now }))
    .where('id', '=', linkId)
    .where((is) => is.or([is('downloadsMax', 'is', null), is('downloadsUsed', '<', is.ref('downloadsMax'))]))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw usedUp();
  const begun = { countedAt: now, isBroken: 0, bytesLeft: budgetOf(asked) - lengthBytes };
  await db
    .insertInto('shareDownloads')
    .values({ linkId, session, version, ...begun })
    .onConflict((conflict) => conflict.columns(['linkId', 'session', 'version']).doUpdateSet(begun))
    .execute();
}

/** Gives back what did not go out. Where the whole went out before, a part that breaks off does not open the way to the whole again. */
export async function markDownloadBroken(db: Kysely<Schema>, broken: Download & BrokenDownload): Promise<void> {
  await updateDownload(db, broken)
    .set((is) => ({ bytesLeft: is('bytesLeft', '+', broken.unsentBytes), ...(broken.isContinuation ? {} : { isBroken: 1 }) }))
    .execute();
}

export async function forgetOldDownloads(db: Kysely<Schema>, now: number): Promise<void> {
  await db
    .deleteFrom('shareDownloads')
    .where('countedAt', '<', now - SAME_DOWNLOAD_MS)
    .execute();
}

export function usedUp(): NetStoreError {
  return new NetStoreError('NS_LINK_USED_UP', 'This link was used for as many downloads as it allows: ask for a new one');
}

interface Download {
  readonly linkId: ShareLinkId;
  readonly session: string;
  readonly version: string;
}

function budgetOf({ sizeBytes }: LinkDownload): number {
  return 2 * sizeBytes;
}

function belongsTo(last: { readonly isBroken: number; readonly bytesLeft: number }, asked: LinkDownload): boolean {
  if (last.bytesLeft < asked.lengthBytes) return false;
  const taken = budgetOf(asked) - last.bytesLeft;
  return asked.isContinuation || last.isBroken === 1 || taken <= Math.min(GLANCE_BYTES_MAX, asked.sizeBytes / 2);
}

function selectDownload(db: Kysely<Schema>, { linkId, session, version }: Download) {
  return db
    .selectFrom('shareDownloads')
    .select(['countedAt', 'isBroken', 'bytesLeft'])
    .where('linkId', '=', linkId)
    .where('session', '=', session)
    .where('version', '=', version);
}

function updateDownload(db: Kysely<Schema>, { linkId, session, version }: Download) {
  return db.updateTable('shareDownloads').where('linkId', '=', linkId).where('session', '=', session).where('version', '=', version);
}
