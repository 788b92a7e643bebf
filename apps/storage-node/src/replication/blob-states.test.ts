import { expect, test, vi } from 'vitest';
import { makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import { startOwningNode } from '../repair/testing/owning-node.ts';
import { Arrivals } from './arrivals.ts';
import { blobStatesOf } from './blob-states.ts';

test('what is here is held, what was moved aside is damaged, and the rest is absent; quarantine is looked through once for all', async () => {
  await using node = await startOwningNode();
  const made = Array.from({ length: 9 }, () => makeBlob(100));
  for (const blob of made.slice(0, 6)) await stageBlob(node.blobs, blob);
  for (const blob of made.slice(3, 6)) await node.blobs.quarantine(blob.blobId, 'by a test');
  const looks = vi.spyOn(node.blobs, 'quarantinedAmong');
  const states = await blobStatesOf(
    made.map(({ blobId }) => blobId),
    node.blobs,
    new Arrivals(),
  );
  expect(states).toEqual([...Array(3).fill('held'), ...Array(3).fill('damaged'), ...Array(3).fill('absent')]);
  expect(looks).toHaveBeenCalledTimes(1);
});
