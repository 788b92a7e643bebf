import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { PeerGenerations } from './peer-generations.ts';

const PEER = 'node-2' as NodeId;
const DISK = 'd'.repeat(32) as Incarnation;
const NEW_DISK = 'e'.repeat(32) as Incarnation;

let dir: Awaited<ReturnType<typeof makeTempDir>>;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir[Symbol.asyncDispose]());

test('a disk that only counts up is trusted, and one that shows less than before went back in time', async () => {
  await using generations = await PeerGenerations.open(dir.path);
  expect([generations.note(PEER, DISK, 4), generations.note(PEER, DISK, 4), generations.note(PEER, DISK, 9)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(generations.note(PEER, DISK, 8)).toBe(9);
});

test('that is remembered across restarts', async () => {
  {
    await using generations = await PeerGenerations.open(dir.path);
    generations.note(PEER, DISK, 1_000);
  }
  await using again = await PeerGenerations.open(dir.path);
  expect(again.note(PEER, DISK, 12)).toBe(1_000);
});

test('a new disk under the same name begins anew', async () => {
  await using generations = await PeerGenerations.open(dir.path);
  generations.note(PEER, DISK, 1_000);
  expect(generations.note(PEER, NEW_DISK, 1)).toBeUndefined();
  expect(generations.note(PEER, NEW_DISK, 0)).toBe(1);
});

test('a file that rotted is begun anew: it only remembers what peers will show again', async () => {
  {
    await using generations = await PeerGenerations.open(dir.path);
    generations.note(PEER, DISK, 1_000);
  }
  const path = join(dir.path, 'PEERS');
  writeFileSync(path, readFileSync(path, 'utf8').replace('1000', '9999'));
  await using again = await PeerGenerations.open(dir.path);
  expect(again.note(PEER, DISK, 12)).toBeUndefined();
});
