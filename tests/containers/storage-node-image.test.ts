/** The suite of the storage node, against its image in place of processes. */
import { test, vi } from 'vitest';
import { imagesAreBuilt, needsImages } from '../support/images.ts';

vi.mock('../support/storage-nodes.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../support/storage-nodes.ts')>();
  // Only when it is called: the containers are made from what the original exports.
  const startStorageNodes: typeof original.startStorageNodes = async (env) =>
    (await import('../support/storage-node-containers.ts')).startStorageNodes(env);
  return { ...original, startStorageNodes };
});

if (imagesAreBuilt) {
  await import('../services/storage-node/door.test.ts');
  await import('../services/storage-node/replication.test.ts');
} else {
  test('the suite of the storage node passes against its image', needsImages);
}
