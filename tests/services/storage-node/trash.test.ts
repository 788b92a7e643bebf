/** Deleting for good, on three real nodes: what is restored, what is purged, and which files are left on each disk. */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { BlobId, FilePath, NodeId } from '@netstore/shared-types';
import { type Committed, type Purged, type TrashRow, unpackBlobRefs } from '@netstore/wire-protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { SPACE, type WireClient } from '../../support/wire-client.ts';

const [primaryId, secondId, thirdId] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const SOON_MS = 20_000;

let nodes: StorageNodes;
let primary: WireClient;
beforeAll(async () => {
  // One primary throughout, so that each test knows whom to ask.
  nodes = await startStorageNodes({ NETSTORE_FAILOVER: 'manual' });
  primary = nodes.client(primaryId);
});
afterAll(async () => {
  await primary?.[Symbol.asyncDispose]();
  await nodes?.[Symbol.asyncDispose]();
});
/** Whatever a test did, the next one finds three running nodes that hold everything. */
afterEach(async () => {
  for (const id of nodes.ids) if ((await nodes.status(id)) === undefined) nodes.start(id);
  await nodes.untilReady();
});

async function putFile(path: string, blobCount = 2): Promise<BlobId[]> {
  await primary.putFile(path, randomBytes(blobCount * 50_000), { blobBytes: 50_000 });
  const { manifest } = await primary.file(path);
  return unpackBlobRefs(manifest?.blobs ?? new Uint8Array()).map(({ blobId }) => blobId);
}

async function trash(path: string): Promise<TrashRow> {
  await primary.commit({ kind: 'delete', space: SPACE, path: path as FilePath, expected: { kind: 'any' } });
  const row = (await primary.trash()).entries.find((each) => each.path === path);
  if (row === undefined) throw new Error(`${path} is not in the trash`);
  return row;
}

const restore = ({ trashId }: TrashRow): Promise<Committed> =>
  primary.commit({ kind: 'restore', space: SPACE, trashId, to: null, ifExists: 'fail' });

async function purge(...rows: TrashRow[]): Promise<Purged> {
  const { outcome } = await primary.commit({ kind: 'purge', space: SPACE, trashIds: rows.map(({ trashId }) => trashId) });
  if (!outcome.isAccepted || !('purged' in outcome)) throw new Error(`Not a purge: ${JSON.stringify(outcome)}`);
  return outcome.purged;
}

/** Those of the blobs whose files are on this node's disk. */
function filesOn(id: NodeId, blobIds: readonly BlobId[]): BlobId[] {
  const staged = new Set(readdirSync(join(nodes.dataDir(id), 'staging')));
  return blobIds.filter(
    (blobId) => staged.has(blobId) || readdirSync(join(nodes.dataDir(id), 'blobs', blobId.slice(0, 2))).includes(blobId),
  );
}

/** What the node's own catalogue counts for the space. */
function usageOn(id: NodeId): object {
  const database = new DatabaseSync(join(nodes.dataDir(id), 'catalogue.db'), { readOnly: true });
  try {
    return { ...(database.prepare('SELECT bytes, files FROM spaces').get() ?? {}) };
  } finally {
    database.close();
  }
}

async function untilUnlinked(blobIds: readonly BlobId[], ids = nodes.ids): Promise<void> {
  for (const id of ids) await waitUntil(`the files are gone from ${id}`, SOON_MS, () => filesOn(id, blobIds).length === 0);
}

describe('what was deleted', () => {
  test('is in the trash, and comes back whole', async () => {
    const bytes = randomBytes(100_000);
    await primary.putFile('docs/report', bytes);
    const row = await trash('docs');
    expect(row).toMatchObject({ path: 'docs', isFile: false, sizeBytes: 100_000 });
    expect(await primary.readFile('docs/report')).toBeUndefined();
    expect((await restore(row)).outcome).toMatchObject({ isAccepted: true, entry: { path: 'docs' } });
    expect(await primary.readFile('docs/report')).toEqual(bytes);
    expect((await primary.trash()).entries).not.toContainEqual(row);
    expect((await restore(row)).outcome).toMatchObject({ isAccepted: false, code: 'NS_NOT_FOUND' });
  });

  test('is unlinked on every node when it is purged, and counts no more', async () => {
    const kept = await putFile('stays');
    const before = usageOn(primaryId);
    const gone = await putFile('goes', 5);
    for (const id of nodes.ids) await waitUntil(`${id} has the files`, SOON_MS, () => filesOn(id, gone).length === 5);
    const row = await trash('goes');
    expect(await purge(row)).toEqual({ entries: 1, files: 1, versions: 1, bytes: 250_000, isComplete: true });
    await untilUnlinked(gone);
    for (const id of nodes.ids) {
      expect(filesOn(id, kept)).toEqual(kept);
      await waitUntil(`${id} counts what it counted before`, SOON_MS, () => JSON.stringify(usageOn(id)) === JSON.stringify(before));
    }
    expect((await restore(row)).outcome).toMatchObject({ isAccepted: false, code: 'NS_NOT_FOUND' });
  });

  test('is left alone by a purge when it was restored meanwhile', async () => {
    const blobIds = await putFile('wanted-after-all');
    const row = await trash('wanted-after-all');
    await restore(row);
    expect(await purge(row)).toMatchObject({ entries: 0, bytes: 0 });
    expect((await primary.readFile('wanted-after-all'))?.length).toBe(100_000);
    for (const id of nodes.ids) expect(filesOn(id, blobIds)).toHaveLength(2);
  });

  test('is unlinked by a node that was down during the purge, and comes back nowhere', async () => {
    const blobIds = await putFile('purged-while-one-was-away', 4);
    await nodes.untilReady();
    await nodes.kill(thirdId);
    await purge(await trash('purged-while-one-was-away'));
    await untilUnlinked(blobIds, [primaryId, secondId]);
    expect(filesOn(thirdId, blobIds)).toHaveLength(4);
    nodes.start(thirdId);
    await nodes.untilReady();
    await untilUnlinked(blobIds);
    expect((await primary.file('purged-while-one-was-away')).entry).toBeNull();
    expect((await nodes.status(thirdId))?.debt.blobs).toBe(0);
  });

  test('is unlinked in the end when every node is killed right after the purge', async () => {
    const blobIds = await putFile('purged-and-killed', 40);
    await nodes.untilReady();
    await purge(await trash('purged-and-killed'));
    await Promise.all(nodes.ids.map((id) => nodes.kill(id)));
    for (const id of nodes.ids) nodes.start(id);
    await nodes.untilReady();
    await untilUnlinked(blobIds);
  });

  test('and is larger than one record frees is freed by further ones', async () => {
    await putFile('many/0', 1);
    // Each copy doubles what is there.
    const rounds = 11;
    for (let round = 0; round < rounds; round += 1) {
      const [copied, below] = [`copied-${round}`, `many/${round}-`] as FilePath[] as [FilePath, FilePath];
      await primary.commit({ kind: 'copy', space: SPACE, from: 'many' as FilePath, to: copied, ifExists: 'fail' });
      await primary.commit({ kind: 'move', space: SPACE, from: copied, to: below, ifExists: 'fail' });
    }
    const before = usageOn(primaryId) as { files: number };
    const first = await purge(await trash('many'));
    expect(first).toMatchObject({ entries: 1, isComplete: false });
    await waitUntil('all of it is freed', SOON_MS, () => (usageOn(primaryId) as { files: number }).files === before.files - 2 ** rounds);
    expect((await primary.trash()).entries.filter(({ path }) => path === 'many')).toEqual([]);
  });
});

describe('the grace period', () => {
  /** Restarts the nodes with a shorter one, and with clocks that are ahead by so much. */
  async function restart(graceSeconds: number, aheadMs: Partial<Record<NodeId, number>> = {}): Promise<void> {
    await Promise.all(nodes.ids.map((id) => nodes.kill(id, 'SIGTERM')));
    for (const id of nodes.ids) nodes.start(id, { NETSTORE_TRASH_DAYS: (graceSeconds / 86_400).toFixed(9), ...clockOf(aheadMs[id] ?? 0) });
    await nodes.untilReady();
  }

  const clockOf = (aheadMs: number): Record<string, string> =>
    aheadMs === 0 ? {} : { NODE_OPTIONS: `--import=data:text/javascript,const{now}=Date;Date.now=()=>now()+${aheadMs}` };

  test('ends by itself, on every disk, and not before', async () => {
    const blobIds = await putFile('forgotten');
    const row = await trash('forgotten');
    await restart(12 + (Date.now() - row.trashedAtMs) / 1000);
    expect((await primary.trash()).entries).toContainEqual(row);
    await waitUntil('it is out of the trash', SOON_MS, async () => (await primary.trash()).entries.length === 0);
    await untilUnlinked(blobIds);
  });

  test('does not end as long as no second clock agrees', async () => {
    const hourMs = 3_600_000;
    const blobIds = await putFile('not-so-old');
    const row = await trash('not-so-old');
    // The primary believes that an hour has passed; the two others know better.
    await restart(1800, { [primaryId]: hourMs });
    await waitUntil('the primary says why it waits', SOON_MS, () => nodes.log.includes('no second member agrees on the time'));
    const metrics = await (await fetch(`${nodes.healthUrl(primaryId)}/metrics`)).text();
    expect(metrics).toMatch(/^netstore_deletions_by_age_put_off_total\{[^}]*\} [1-9]/m);
    expect((await primary.trash()).entries).toContainEqual(row);
    for (const id of nodes.ids) expect(filesOn(id, blobIds)).toHaveLength(2);
    await nodes.kill(secondId, 'SIGTERM');
    nodes.start(secondId, clockOf(hourMs));
    await untilUnlinked(blobIds);
  });
});
