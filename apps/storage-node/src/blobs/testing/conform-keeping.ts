/** What every store of blobs does with what it holds. */
import { type BlobId, newBlobId } from '@netstore/shared-types';
import { CHUNK_BYTES } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import type { BlobPlace, BlobStore } from '../blob-store.ts';
import { makeBlob, readBlob, stageBlob, stagedIds, type TestBlob } from './blob-bytes.ts';
import type { StoreKind } from './store-kind.ts';

/** The clock of file times moves in steps. */
const CLOCK_STEP_MS = 50;

/** What `has` says is what `find` finds. */
async function placeOf(store: BlobStore, blobId: BlobId): Promise<BlobPlace | undefined> {
  const place = await store.find(blobId);
  expect(await store.has(blobId)).toBe(place !== undefined);
  return place;
}

export function describePlaces(kind: StoreKind): void {
  describe(`${kind.name}: the place of a blob`, () => {
    test('is staged, then kept, and keeping is idempotent', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(10);
      expect(await opened.store.keep(blob.blobId)).toBe(false);
      await stageBlob(opened.store, blob);
      expect(await placeOf(opened.store, blob.blobId)).toBe('staged');
      expect(await stagedIds(opened.store)).toEqual([blob.blobId]);
      for (let time = 0; time < 3; time += 1) {
        expect(await opened.store.keep(blob.blobId)).toBe(true);
        expect(await placeOf(opened.store, blob.blobId)).toBe('kept');
        expect(await stagedIds(opened.store)).toEqual([]);
      }
    });

    test('is never lost to a discard once it is kept, even when it is staged again', async () => {
      await using opened = await kind.open();
      const [kept, again, loose] = [makeBlob(10), makeBlob(10), makeBlob(10)];
      for (const blob of [kept, again, loose]) await stageBlob(opened.store, blob);
      for (const blob of [kept, again]) await opened.store.keep(blob.blobId);
      await stageBlob(opened.store, again);
      expect(await placeOf(opened.store, again.blobId)).toBe('kept');
      for (const { blobId } of [kept, again, loose]) await opened.store.discard(blobId);
      await opened.store.discard(newBlobId());
      for (const { blobId } of [kept, again]) expect(await placeOf(opened.store, blobId)).toBe('kept');
      expect(await placeOf(opened.store, loose.blobId)).toBeUndefined();
      expect(await stagedIds(opened.store)).toEqual([]);
    });

    test('tells of each staged blob when it was sealed', async () => {
      await using opened = await kind.open();
      const before = Date.now() - CLOCK_STEP_MS;
      const blobs = [makeBlob(1), makeBlob(2), makeBlob(3)];
      for (const blob of blobs) await stageBlob(opened.store, blob);
      await opened.store.keep((blobs[0] as TestBlob).blobId);
      const found: [string, number][] = [];
      for await (const { blobId, sealedAtMs } of opened.store.staged()) found.push([blobId, sealedAtMs]);
      expect(found.map(([blobId]) => blobId).sort()).toEqual(
        blobs
          .slice(1)
          .map(({ blobId }) => blobId)
          .sort(),
      );
      for (const [, sealedAtMs] of found) {
        expect(sealedAtMs).toBeGreaterThanOrEqual(before);
        expect(sealedAtMs).toBeLessThanOrEqual(Date.now());
      }
    });

    test('is found at every moment of a move from staged to kept', async () => {
      await using opened = await kind.open();
      for (let round = 0; round < 30; round += 1) {
        const blob = makeBlob(100);
        await stageBlob(opened.store, blob);
        const readings = Array.from({ length: 8 }, () => readBlob(opened.store, blob.blobId));
        const looks = Array.from({ length: 8 }, () => placeOf(opened.store, blob.blobId));
        const [isKept] = await Promise.all([opened.store.keep(blob.blobId), ...readings]);
        expect(isKept).toBe(true);
        for (const bytes of await Promise.all(readings)) expect(bytes.equals(blob.bytes)).toBe(true);
        for (const place of await Promise.all(looks)) expect(place).toBeDefined();
      }
    });
  });
}

export function describeUnlinking(kind: StoreKind): void {
  describe(`${kind.name}: a blob that is unlinked`, () => {
    test('is gone, wherever it was, and nothing else is', async () => {
      await using opened = await kind.open();
      const [kept, staged, both, other] = [makeBlob(10), makeBlob(10), makeBlob(10), makeBlob(10)];
      for (const blob of [kept, staged, both, other]) await stageBlob(opened.store, blob);
      for (const blob of [kept, both, other]) await opened.store.keep(blob.blobId);
      await stageBlob(opened.store, both);
      for (let time = 0; time < 2; time += 1) {
        for (const { blobId } of [kept, staged, both]) await opened.store.unlink(blobId);
        for (const { blobId } of [kept, staged, both]) expect(await placeOf(opened.store, blobId)).toBeUndefined();
        expect(await placeOf(opened.store, other.blobId)).toBe('kept');
      }
      await opened.store.unlink(newBlobId());
    });

    test('is gone, also when it is kept at the same moment', async () => {
      await using opened = await kind.open();
      for (let round = 0; round < 30; round += 1) {
        const blob = makeBlob(10);
        await stageBlob(opened.store, blob);
        await Promise.all([opened.store.keep(blob.blobId), opened.store.unlink(blob.blobId)]);
        expect(await placeOf(opened.store, blob.blobId)).toBeUndefined();
      }
    });

    test('and staged again at the same moment is there or not, and told so truly', async () => {
      await using opened = await kind.open();
      for (let round = 0; round < 100; round += 1) {
        const blob = makeBlob(10);
        await stageBlob(opened.store, blob);
        await opened.store.keep(blob.blobId);
        await Promise.all([opened.store.unlink(blob.blobId), stageBlob(opened.store, blob)]);
        await placeOf(opened.store, blob.blobId);
      }
    });
  });
}

export function describeDamage(kind: StoreKind): void {
  describe(`${kind.name}: damage`, () => {
    test('in any chunk is found by the read that meets it, and only there', async () => {
      for (const damagedChunk of [0, 7, 17]) {
        await using opened = await kind.open();
        const blob = makeBlob(17 * CHUNK_BYTES + 50);
        await stageBlob(opened.store, blob);
        await opened.store.keep(blob.blobId);
        await opened.damage(blob, damagedChunk * CHUNK_BYTES + 3);
        await expect(readBlob(opened.store, blob.blobId)).rejects.toMatchObject({
          code: 'NS_BLOB_DAMAGED',
          details: { blobId: blob.blobId },
        });
        await expect(readBlob(opened.store, blob.blobId, damagedChunk, 1)).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
        const other = damagedChunk === 0 ? 1 : 0;
        expect(await readBlob(opened.store, blob.blobId, other, 1)).toHaveLength(CHUNK_BYTES);
      }
    });

    test('goes to quarantine, and a good copy takes its place', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(100);
      await stageBlob(opened.store, blob);
      await opened.store.keep(blob.blobId);
      await opened.damage(blob, 3);
      await opened.store.quarantine(blob.blobId, 'found by a test');
      expect(await placeOf(opened.store, blob.blobId)).toBeUndefined();
      await opened.store.quarantine(blob.blobId, 'found by a test');
      await stageBlob(opened.store, blob);
      expect(await opened.store.keep(blob.blobId)).toBe(true);
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
    });

    test('of the kept copy leaves a good one alone that was staged after it', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(100);
      await stageBlob(opened.store, blob);
      await opened.store.keep(blob.blobId);
      await opened.damage(blob, 3);
      await stageBlob(opened.store, blob);
      await opened.store.quarantine(blob.blobId, 'found by a test');
      expect(await placeOf(opened.store, blob.blobId)).toBe('staged');
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
    });

    test('does not count as verified', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(100);
      const before = Date.now();
      await stageBlob(opened.store, blob);
      const sealed = await opened.store.verifiedAtMs(blob.blobId);
      expect(sealed).toBeGreaterThanOrEqual(before - CLOCK_STEP_MS);
      await opened.store.keep(blob.blobId);
      await opened.damage(blob, 3);
      const afterDamage = await opened.store.verifiedAtMs(blob.blobId);
      await expect(readBlob(opened.store, blob.blobId)).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
      expect(await opened.store.verifiedAtMs(blob.blobId)).toBe(afterDamage);
    });
  });
}

export function describeRoom(kind: StoreKind): void {
  describe(`${kind.name}: room`, () => {
    test('is refused before it runs out, counting what is on its way, and is there again after a discard', async () => {
      const each = 4 * CHUNK_BYTES;
      await using opened = await kind.openSmall(2 * each);
      const blob = makeBlob(each);
      await stageBlob(opened.store, blob);
      {
        await using _second = await opened.store.stage(newBlobId(), each);
        await expect(opened.store.stage(newBlobId(), each)).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
      }
      await stageBlob(opened.store, makeBlob(each));
      await expect(opened.store.stage(newBlobId(), each)).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
      await opened.store.discard(blob.blobId);
      await stageBlob(opened.store, makeBlob(each));
    });

    test('is told', async () => {
      await using opened = await kind.open();
      const { usedBytes, freeBytes, reserveBytes } = await opened.store.space();
      expect(usedBytes).toBeGreaterThanOrEqual(0);
      expect(freeBytes).toBeGreaterThan(0);
      expect(reserveBytes).toBeGreaterThanOrEqual(0);
    });
  });
}
