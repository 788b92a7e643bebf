import { newBlobId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { SealedBlobs } from './sealed-blobs.ts';

const nothing = async (): Promise<void> => undefined;

test('a sealed blob is known until it is moved, an abandoned one never', async () => {
  const [sealed, abandoned] = [newBlobId(), newBlobId()];
  const known = new SealedBlobs();
  for (const blobId of [sealed, abandoned]) known.begin(blobId);
  expect(known.has(sealed)).toBe(false);
  known.end(sealed, { isSealed: true });
  known.end(abandoned, { isSealed: false });
  expect([sealed, abandoned].map((blobId) => known.has(blobId))).toEqual([true, false]);
  const moving = known.moving(sealed, nothing);
  expect(known.has(sealed)).toBe(false);
  await moving;
  expect(known.has(sealed)).toBe(false);
});

test.for(['begun before a move', 'begun during a move'] as const)(
  'what was %s and is sealed during it, or after it, is not known',
  async (when) => {
    const during = newBlobId();
    const after = newBlobId();
    const known = new SealedBlobs();
    const begin = (): void => {
      for (const blobId of [during, after]) known.begin(blobId);
    };
    if (when === 'begun before a move') begin();
    await Promise.all(
      [during, after].map((blobId) =>
        known.moving(blobId, async () => {
          if (when === 'begun during a move') known.begin(blobId);
          await nothing();
          if (blobId === during) known.end(blobId, { isSealed: true });
        }),
      ),
    );
    known.end(after, { isSealed: true });
    expect([during, after].map((blobId) => known.has(blobId))).toEqual([false, false]);
  },
);

test('what comes in after all moves are over is known again', async () => {
  const blobId = newBlobId();
  const known = new SealedBlobs();
  await Promise.all([known.moving(blobId, nothing), known.moving(blobId, nothing)]);
  known.begin(blobId);
  known.end(blobId, { isSealed: true });
  expect(known.has(blobId)).toBe(true);
});
