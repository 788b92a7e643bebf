/**
 * Counts downloads before their bytes flow, each in one transaction: of a hundred at once a link limited to one lets one through.
 *
 * What goes on after the first byte is the same download, for an hour, in the same share session and of the same version. One that broke off may be
 * begun again once: the gateway says that it broke, and only the next request takes it up. A gateway that dies says nothing, and the download
 * stays counted: too few is the safe side.
 */
import { type LinkDownload, NetStoreError, type ShareLinkId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

const SAME_DOWNLOAD_MS = 60 * 60 * 1000;

interface Asked extends LinkDownload {
  readonly linkId: ShareLinkId;
  readonly now: number;
}

/** Call inside a transaction. Throws `NS_LINK_USED_UP`. */
export async function countDownload(db: Kysely<Schema>, { linkId, session, version, isContinuation, now }: Asked): Promise<void> {
  const mine = { linkId, session, version };
  const last = await selectDownload(db, mine).executeTakeFirst();
  if (last !== undefined && now - last.countedAt < SAME_DOWNLOAD_MS) {
    if (isContinuation) return;
    if (last.isBroken === 1) return await setBroken(db, mine, 0);
  }
  const { numUpdatedRows } = await db
    .updateTable('shareLinks')
    .set((is) => ({ downloadsUsed: is('downloadsUsed', '+', 1), lastUsedAt: now }))
    .where('id', '=', linkId)
    .where((is) => is.or([is('downloadsMax', 'is', null), is('downloadsUsed', '<', is.ref('downloadsMax'))]))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw usedUp();
  await db
    .insertInto('shareDownloads')
    .values({ ...mine, countedAt: now, isBroken: 0 })
    .onConflict((conflict) => conflict.columns(['linkId', 'session', 'version']).doUpdateSet({ countedAt: now, isBroken: 0 }))
    .execute();
}

export async function markDownloadBroken(db: Kysely<Schema>, download: Download): Promise<void> {
  await setBroken(db, download, 1);
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

function selectDownload(db: Kysely<Schema>, { linkId, session, version }: Download) {
  return db
    .selectFrom('shareDownloads')
    .select(['countedAt', 'isBroken'])
    .where('linkId', '=', linkId)
    .where('session', '=', session)
    .where('version', '=', version);
}

async function setBroken(db: Kysely<Schema>, { linkId, session, version }: Download, isBroken: 0 | 1): Promise<void> {
  await db
    .updateTable('shareDownloads')
    .set({ isBroken })
    .where('linkId', '=', linkId)
    .where('session', '=', session)
    .where('version', '=', version)
    .execute();
}
