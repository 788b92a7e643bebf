/** The suite of the storage node, against its image in place of processes. */
import { beforeAll, test, vi } from 'vitest';
import { buildImages } from '../support/compose-cluster.ts';
import { findCompose, hasContainerEngine } from '../support/container-engine.ts';
import { needs } from '../support/needs.ts';

vi.mock('../support/storage-nodes.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../support/storage-nodes.ts')>();
  // Only when it is called: the containers are made from what the original exports.
  const startStorageNodes: typeof original.startStorageNodes = async (env) =>
    (await import('../support/storage-node-containers.ts')).startStorageNodes(env);
  return { ...original, startStorageNodes };
});

const BUILD_DEADLINE_MS = 900_000;

if ((await hasContainerEngine()) && findCompose() !== undefined) {
  beforeAll(() => buildImages('node-1'), BUILD_DEADLINE_MS);
  await import('../services/storage-node/door.test.ts');
  await import('../services/storage-node/replication.test.ts');
} else {
  test('the suite of the storage node passes against its image', (context) => needs(context, 'container engine with compose', false));
}
