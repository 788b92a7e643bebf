import { createLogger } from '@netstore/service-kit';
import type { Sha256 } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CensusTaken } from '../catalogue/catalogue.ts';
import { comparePeers } from './compare-peers.ts';
import { type ServingPeer, startServingPeer } from './testing/serving-peer.ts';

const { signal } = new AbortController();
const logger = createLogger({ service: 'test', level: 'silent' });
const digest = (digit: string): Sha256 => digit.repeat(64) as Sha256;
const OWN: CensusTaken = { seq: 7, digest: digest('a'), blobs: 3, bytes: 300, blobDigest: digest('b') };

let peers: [ServingPeer, ServingPeer];
beforeEach(async () => {
  peers = [await startServingPeer('node-2'), await startServingPeer('node-3')];
  for (const peer of peers) peer.censuses = [OWN];
});
afterEach(async () => {
  for (const peer of peers) await peer[Symbol.asyncDispose]();
});

const compare = (takeOwn = async (): Promise<CensusTaken> => OWN): Promise<number | undefined> =>
  comparePeers({ peers: peers.map(({ peer }) => peer), takeOwn, logger }, signal);

test('nodes that have the same at the same record agree', async () => {
  expect(await compare()).toBe(0);
});

test('a node with another catalogue differs, and so does one that holds other blobs', async () => {
  peers[0].censuses = [{ ...OWN, digest: digest('c') }];
  expect(await compare()).toBe(1);
  peers[1].censuses = [{ ...OWN, blobs: 2, blobDigest: digest('d') }];
  expect(await compare()).toBe(2);
});

test('two that are not at the same record are asked again, and are not compared when they never are', async () => {
  peers[0].censuses = [{ ...OWN, seq: 6, digest: digest('c') }, OWN];
  expect(await compare()).toBe(0);
  peers[0].censuses = [{ ...OWN, seq: 6, digest: digest('c') }];
  expect(await compare()).toBeUndefined();
  peers[1].censuses = [{ ...OWN, digest: digest('c') }];
  expect(await compare()).toBe(1);
});

test('a node that does not answer is no agreement', async () => {
  await peers[1][Symbol.asyncDispose]();
  expect(await compare()).toBeUndefined();
});
