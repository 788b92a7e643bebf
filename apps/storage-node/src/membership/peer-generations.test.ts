import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { DISKS_MAX } from '@netstore/wire-protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { PEERS_FILE, PeerGenerations } from './peer-generations.ts';

const PEER = 'node-2' as NodeId;
const DISK = 'd'.repeat(32) as Incarnation;
const NEW_DISK = 'e'.repeat(32) as Incarnation;
const seen = (generation: number, { incarnation = DISK, isRefused = false } = {}) => ({ nodeId: PEER, incarnation, generation, isRefused });

let dir: Awaited<ReturnType<typeof makeTempDir>>;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir[Symbol.asyncDispose]());

test('the highest generation stays, whoever has seen it, and is remembered across restarts', async () => {
  {
    await using generations = await PeerGenerations.open(dir.path);
    for (const generation of [4, 1_000, 9]) generations.note(seen(generation));
    expect(generations.of(PEER, DISK)).toBe(1_000);
  }
  await using again = await PeerGenerations.open(dir.path);
  expect([again.of(PEER, DISK), again.isRefused(PEER, DISK)]).toEqual([1_000, false]);
});

test('a refusal is for good: not even a disk that counted on since is trusted again', async () => {
  {
    await using generations = await PeerGenerations.open(dir.path);
    generations.note(seen(1_000));
    generations.note(seen(12, { isRefused: true }));
    generations.note(seen(5_000));
  }
  await using again = await PeerGenerations.open(dir.path);
  expect(again.isRefused(PEER, DISK)).toBe(true);
});

test('what is known of a disk is not forgotten because another one came under the same name', async () => {
  await using generations = await PeerGenerations.open(dir.path);
  generations.note(seen(1_000));
  generations.note(seen(3, { incarnation: NEW_DISK }));
  expect([generations.of(PEER, DISK), generations.of(PEER, NEW_DISK)]).toEqual([1_000, 3]);
});

test('there are no more disks than a heartbeat can speak of, the ones heard of longest ago go first', async () => {
  await using generations = await PeerGenerations.open(dir.path);
  for (let disk = 0; disk <= DISKS_MAX; disk += 1)
    generations.note(seen(1, { incarnation: disk.toString(16).padStart(32, '0') as Incarnation }));
  expect(generations.all).toHaveLength(DISKS_MAX);
  expect(generations.of(PEER, '0'.repeat(32) as Incarnation)).toBe(0);
});

test('a file that rotted is begun anew: peers tell again what they have seen', async () => {
  {
    await using generations = await PeerGenerations.open(dir.path);
    generations.note(seen(1_000));
  }
  const path = join(dir.path, PEERS_FILE);
  writeFileSync(path, readFileSync(path, 'utf8').replace('1000', '9999'));
  await using again = await PeerGenerations.open(dir.path);
  expect(again.of(PEER, DISK)).toBe(0);
});
