import { newBlobId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { SealedBlobs } from './sealed-blobs.ts';

test('a sealed blob is known until it is moved, an abandoned one never', () => {
  const [sealed, abandoned] = [newBlobId(), newBlobId()];
  const known = new SealedBlobs();
  for (const blobId of [sealed, abandoned]) known.begin(blobId);
  expect(known.has(sealed)).toBe(false);
  known.end(sealed, { isSealed: true });
  known.end(abandoned, { isSealed: false });
  expect([sealed, abandoned].map((blobId) => known.has(blobId))).toEqual([true, false]);
  known.forget(sealed);
  expect(known.has(sealed)).toBe(false);
});

test('what is moved between its name and the end of its seal is not known', () => {
  const blobId = newBlobId();
  const known = new SealedBlobs();
  known.begin(blobId);
  known.forget(blobId);
  known.end(blobId, { isSealed: true });
  expect(known.has(blobId)).toBe(false);
});
