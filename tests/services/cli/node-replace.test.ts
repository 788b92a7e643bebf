/** `netstore node replace` while primaries come and go: one command, given once, from the empty disk to the full member. */
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { netstoreStarterFor, type Running } from '../../support/netstore-command.ts';
import { operate } from '../../support/operator.ts';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { waitUntil } from '../../support/wait-until.ts';

const [one, two, three] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const SETTLE_MS = 60_000;
const WRITERS = 4;
/** So many that a disk is not filled in the moment that it takes to kill a process. */
const FILES = 400;
const FILE_BYTES = 256 * 1024;

let nodes: StorageNodes;
let start: (...args: string[]) => Running;

beforeAll(async () => {
  // Only what a test does changes who is primary.
  nodes = await startStorageNodes({ NETSTORE_PREFERRED_AFTER_MS: '3600000' });
  start = netstoreStarterFor(nodes);
  const numbers = Array.from({ length: FILES }, (_, number) => number).values();
  const write = async (): Promise<void> => {
    await using client = nodes.client(one);
    for (const number of numbers) await client.putFile(`filled/${number}`, randomBytes(FILE_BYTES));
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
});
afterAll(async () => {
  await nodes?.[Symbol.asyncDispose]();
});

/** node-1 leads, and node-3 has an empty disk. */
beforeEach(async () => {
  await nodes.untilReady();
  if ((await nodes.primary())?.nodeId !== one) await operate(nodes, one).promote();
  await nodes.kill(three);
  rmSync(nodes.dataDir(three), { recursive: true });
  nodes.start(three);
  await waitUntil('the blank node answers', SETTLE_MS, async () => (await nodes.status(three)) !== undefined);
});

/** Files below blobs/ on the new disk. */
function blobsHeld(): number {
  const names = readdirSync(join(nodes.dataDir(three), 'blobs'), { recursive: true, withFileTypes: true });
  return names.filter((name) => name.isFile()).length;
}

/** The copying has begun and is not at its end. */
async function untilBeingFilled(): Promise<void> {
  await waitUntil('the new disk is being filled', SETTLE_MS, () => blobsHeld() > 0);
  expect(blobsHeld()).toBeLessThan(FILES);
}

/** Its own copies alone answer. */
async function expectWhole(): Promise<void> {
  await nodes.untilReady();
  expect(blobsHeld()).toBe(FILES);
  expect((await nodes.status(three))?.role).toBe('secondary');
}

test('the primary is killed while the new disk is being filled: the command waits for one, asks it, and ends with a full member', async () => {
  using command = start('node', 'replace', three, '--yes');
  await untilBeingFilled();
  await nodes.kill(one);
  await waitUntil('the command says why it waits', SETTLE_MS, () => command.said.includes('Waiting, 10 min at most: nobody is primary.'));
  nodes.start(one);
  const { exitCode, stdout, stderr } = await command.ended;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/^node-3 is being taken in, as incarnation \w+\.\nnode-3 is a full member again\.\n$/);
  expect(stderr).toMatch(/^node-[12] is primary, epoch \d+: asked again, it takes node-3 in\.$/m);
  await expectWhole();
});

test('another node becomes primary while the new disk is being filled: the command asks that one', async () => {
  using command = start('node', 'replace', three, '--yes', '--json');
  await untilBeingFilled();
  await operate(nodes, two).promote();
  const { exitCode, stderr, json } = await command.ended;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^node-2 is primary, epoch \d+: asked again/) });
  expect(json()).toMatchObject({ nodeId: three, isFullMember: true });
  await expectWhole();
});

test('interrupted, it says what goes on and how to ask again; with nobody primary for the time that it has, it ends with an error', async () => {
  using interrupted = start('node', 'replace', three, '--yes');
  await waitUntil('it is being taken in', SETTLE_MS, () => interrupted.said.includes('is being taken in'));
  interrupted.signal('SIGINT');
  expect(await interrupted.ended).toMatchObject({
    exitCode: 130,
    stderr: expect.stringMatching(
      /goes on, .*for as long as node-1 stays primary\. .*ask again: netstore node replace node-3\nInterrupted\.\n$/,
    ),
  });

  using again = start('node', 'replace', three, '--yes', '--patience', '2');
  await untilBeingFilled();
  await waitUntil('it is asked again', SETTLE_MS, () => again.said.includes('is being taken in'));
  await nodes.kill(one);
  expect(await again.ended).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/node-3 is not taken in: for 2 s now, nobody is primary\. .*\(NS_NO_QUORUM\)\n$/),
  });
  nodes.start(one);
  expect(await start('node', 'replace', three, '--yes', '--patience', 'long').ended).toMatchObject({ exitCode: 64 });
  await waitUntil('somebody is primary', SETTLE_MS, async () => (await nodes.primary()) !== undefined);
  expect(await start('node', 'replace', three, '--yes').ended).toMatchObject({ exitCode: 0 });
  await expectWhole();
});
