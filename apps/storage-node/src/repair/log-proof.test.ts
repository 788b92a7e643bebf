import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder } from '../catalogue/testing/record-chain.ts';
import { SEGMENT_HEADER_BYTES } from '../log/segment-header.ts';
import { flipByte } from '../log/testing/flip-byte.ts';
import { LogProof } from './log-proof.ts';
import { type OwningNode, startOwningNode } from './testing/owning-node.ts';
import { type ServingPeer, startServingPeer } from './testing/serving-peer.ts';

const { signal } = new AbortController();
const RECORDS = 300;

let node: OwningNode;
let peers: [ServingPeer, ServingPeer];
let proof: LogProof;
beforeEach(async () => {
  node = await startOwningNode();
  peers = [await startServingPeer('node-2'), await startServingPeer('node-3')];
  proof = new LogProof({ ...node, peers: peers.map(({ peer }) => peer) });
  const records = Array.from({ length: RECORDS }, (_, index) => node.chain.operation(makeFolder(`folder-${index}`)));
  await node.log.append(records);
});
afterEach(async () => {
  for (const peer of peers) await peer[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

const prove = (): Promise<number> => proof.prove(async () => undefined, signal);

async function segments(): Promise<string[]> {
  const dir = join(node.path, 'log');
  return (await readdir(dir))
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(dir, name));
}

test('a sound log is read to its end, and nobody is asked', async () => {
  expect(await prove()).toBe(RECORDS);
  expect(node.counts.found).toBe(0);
});

test('flipped bits in any segment are put right with what a peer gives', async () => {
  for (const peer of peers) peer.records = node.chain.records;
  const files = await segments();
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) await flipByte(file, 700);
  expect(await prove()).toBe(RECORDS);
  expect([node.counts.found, node.counts.repaired]).toEqual([files.length, files.length]);
  expect(await prove()).toBe(RECORDS);
  expect(node.counts.found).toBe(files.length);
  const read = await node.log.read(1, Number.POSITIVE_INFINITY);
  expect(read.map(({ hash }) => Buffer.from(hash).toString('hex'))).toEqual(
    node.chain.records.map(({ hash }) => Buffer.from(hash).toString('hex')),
  );
});

test('a peer that gives other records is not believed; the next one is asked', async () => {
  const [liar, honest] = peers;
  liar.records = node.chain.records.slice(1);
  honest.records = node.chain.records;
  await flipByte((await segments())[0] as string, 700);
  expect(await prove()).toBe(RECORDS);
  expect(node.counts.repaired).toBe(1);
});

describe('a log that let its beginning go', () => {
  beforeEach(async () => {
    await node.log.compact(2);
  });

  test('is read from the first record that it still has, and nobody is asked for those before', async () => {
    expect(await prove()).toBe(RECORDS - node.log.base.seq);
    expect([node.counts.found, peers.flatMap(({ asked }) => asked)]).toEqual([0, []]);
  });

  test('has a record behind its base put right, also the very first', async () => {
    for (const peer of peers) peer.records = node.chain.records;
    const firstSeq = node.log.base.seq + 1;
    const [first, second] = await segments();
    await flipByte(first as string, SEGMENT_HEADER_BYTES + 30);
    await flipByte(second as string, 700);
    expect(await prove()).toBe(RECORDS - node.log.base.seq);
    expect([node.counts.found, node.counts.repaired]).toEqual([2, 2]);
    expect(peers[0].asked[0]).toBe(firstSeq);
    const [read] = await node.log.read(firstSeq, 0);
    expect(read?.hash).toEqual(node.chain.records[firstSeq - 1]?.hash);
  });

  test('has no fault any more where a record that nobody gave went with its beginning', async () => {
    await flipByte((await segments())[0] as string, 700);
    expect(await prove()).toBe(RECORDS - node.log.base.seq - 1);
    await node.log.compact(1);
    expect(await prove()).toBe(RECORDS - node.log.base.seq);
    expect([node.counts.found, node.counts.repaired]).toEqual([1, 1]);
  });
});

test('what no peer gives stays as it is, is found again, and is one fault', async () => {
  await flipByte((await segments())[0] as string, 700);
  expect(await prove()).toBe(RECORDS - 1);
  expect(await prove()).toBe(RECORDS - 1);
  expect([node.counts.found, node.counts.repaired]).toEqual([1, 0]);
  for (const peer of peers) peer.records = node.chain.records;
  expect(await prove()).toBe(RECORDS);
  expect([node.counts.found, node.counts.repaired]).toEqual([1, 1]);
});
