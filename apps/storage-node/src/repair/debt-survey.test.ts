import type { NodeId } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stageBlob, type TestBlob } from '../blobs/testing/blob-bytes.ts';
import { Arrivals } from '../replication/arrivals.ts';
import { DebtSurvey } from './debt-survey.ts';
import { makeBlobs, type OwningNode, startOwningNode } from './testing/owning-node.ts';
import { type ServingPeer, startServingPeer } from './testing/serving-peer.ts';

const SOON = { timeout: 10_000 };

let ended: AbortController;
let node: OwningNode;
let peers: [ServingPeer, ServingPeer];
let survey: DebtSurvey;
let running: Promise<void>;
beforeEach(async () => {
  ended = new AbortController();
  node = await startOwningNode();
  peers = [await startServingPeer('node-2'), await startServingPeer('node-3')];
});
afterEach(async () => {
  ended.abort();
  await running;
  for (const peer of peers) await peer[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

function start(isMember: (nodeId: NodeId) => boolean = () => true): void {
  survey = new DebtSurvey({
    ...node,
    arrivals: new Arrivals(),
    peers: peers.map(({ peer }) => peer),
    isMember,
    onSettled: () => undefined,
  });
  running = survey.run(ended.signal);
}

test('what one peer alone holds is fetched, and what both hold is left to those who fetch in order', async () => {
  const [onBoth, onFirst, onSecond] = makeBlobs(3) as [TestBlob, TestBlob, TestBlob];
  for (const blob of [onBoth, onFirst]) await stageBlob(peers[0].blobs, blob);
  for (const blob of [onBoth, onSecond]) await stageBlob(peers[1].blobs, blob);
  await node.putFile('file', [onBoth, onFirst, onSecond], [onBoth, onFirst, onSecond]);
  start();
  await expect.poll(() => node.applier.debt.blobs, SOON).toBe(1);
  for (const blob of [onFirst, onSecond]) await node.blobs.verify(node.refOf(blob));
  expect(peers.flatMap(({ read }) => read)).not.toContain(onBoth.blobId);
  await expect.poll(() => node.counts.lost, SOON).toBe(0);
});

test('what nobody holds is lost until somebody does', async () => {
  const [lost, held] = makeBlobs(2) as [TestBlob, TestBlob];
  for (const peer of peers) await stageBlob(peer.blobs, held);
  await node.putFile('file', [lost, held], [lost, held]);
  start();
  await expect.poll(() => node.counts.lost, SOON).toBe(1);
  expect(await node.metrics.render()).toContain('netstore_blobs_lost{service="test"} 1');
  await stageBlob(peers[1].blobs, lost);
  survey.urge();
  await expect.poll(() => node.counts.lost, SOON).toBe(0);
  await node.blobs.verify(node.refOf(lost));
});

test('lost blobs are no longer in the way of the mark, and those that can still be had are', async () => {
  const [lost, behind] = makeBlobs(2) as [TestBlob, TestBlob];
  await node.putFile('lost', [lost], [lost]);
  start();
  await expect.poll(() => survey.oldestLost, SOON).toEqual({ blobs: 1, heldSeq: 1 });
  await oweWhatPeersHold('held', 1);
  await node.putFile('here', [behind]);
  expect((await node.catalogue.debt()).heldSeq).toBe(0);
  expect(node.applier.appliedSeq).toBe(3);
  // Not the second record, whose blob both peers hold, and nothing behind it.
  await expect.poll(() => survey.oldestLost, SOON).toEqual({ blobs: 1, heldSeq: 1 });
  await node.catalogue.settleDebt((await node.catalogue.nextDebt(2)).slice(1).map(({ blobId }) => blobId));
  await node.applier.refreshDebt();
  await expect.poll(() => survey.oldestLost, SOON).toEqual({ blobs: 1, heldSeq: 3 });
  await stageBlob(peers[1].blobs, lost);
  survey.urge();
  expect(survey.oldestLost).toBeNull();
  await expect.poll(() => node.counts.lost, SOON).toBe(0);
  expect(survey.oldestLost).toBeNull();
});

test('a lost blob behind one that can still be had moves no mark', async () => {
  await oweWhatPeersHold('held', 1);
  const [lost] = makeBlobs(1) as [TestBlob];
  await node.putFile('lost', [lost], [lost]);
  start();
  await expect.poll(() => node.counts.lost, SOON).toBe(1);
  expect(survey.oldestLost).toBeNull();
});

test('what a disk that is no full member does not hold is not proven to be lost', async () => {
  const [blob] = makeBlobs(1) as [TestBlob];
  await node.putFile('file', [blob], [blob]);
  start((nodeId) => nodeId !== 'node-3');
  await expect.poll(() => node.counts.lost, SOON).toBe(1);
  expect(survey.oldestLost).toBeNull();
});

test('whether a blob is lost is not known while a peer does not answer: it may hold anything', async () => {
  const [blob] = makeBlobs(1) as [TestBlob];
  await node.putFile('file', [blob], [blob]);
  await peers[1][Symbol.asyncDispose]();
  start();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(node.counts.lost).toBeUndefined();
  expect(await node.metrics.render()).toContain('netstore_blobs_lost{service="test"} Nan');
});

test('a copy that turns out bad at the peer is no copy', async () => {
  const [blob] = makeBlobs(1) as [TestBlob];
  await stageBlob(peers[0].blobs, blob);
  peers[0].blobs.damage(blob.blobId, 3);
  await node.putFile('file', [blob], [blob]);
  start();
  await expect.poll(() => peers[0].read, SOON).toContain(blob.blobId);
  await peers[0].blobs.quarantine(blob.blobId, 'by a test');
  await expect.poll(() => node.counts.lost, SOON).toBe(1);
});

/** Every value that the number of lost blobs takes from now on. */
function watchLost(): (number | undefined)[] {
  const seen: (number | undefined)[] = [];
  let lost = node.counts.lost;
  Object.defineProperty(node.counts, 'lost', {
    get: () => lost,
    set: (value: number | undefined) => {
      lost = value;
      seen.push(value);
    },
  });
  return seen;
}

async function oweWhatPeersHold(name: string, count: number): Promise<TestBlob[]> {
  const made = makeBlobs(count);
  for (const peer of peers) for (const blob of made) await stageBlob(peer.blobs, blob);
  await node.putFile(name, made, made);
  return made;
}

test('that nothing is lost is not said of debt that came up since that was found out', async () => {
  await oweWhatPeersHold('first', 1);
  start();
  // The third pause is of four seconds: no survey falls into it.
  const seen = watchLost();
  await expect.poll(() => seen.filter((lost) => lost === 0).length, SOON).toBe(3);
  seen.length = 0;
  await oweWhatPeersHold('second', 1);
  await expect.poll(() => seen, { timeout: 2_000 }).toEqual([undefined]);
});

test('while a survey is under way, and after one that failed, it is not known whether blobs are lost', async () => {
  await oweWhatPeersHold('first', 1);
  start();
  await expect.poll(() => node.counts.lost, SOON).toBe(0);
  const asked = vi.spyOn(node.catalogue, 'nextDebt').mockRejectedValue(new Error('by a test'));
  survey.urge();
  await expect.poll(() => asked.mock.calls.length, SOON).toBeGreaterThan(0);
  expect(node.counts.lost).toBeUndefined();
});

test('debt that gets smaller is no reason to ask about all of it again at once', async () => {
  const made = await oweWhatPeersHold('many', 40);
  const passes = vi.spyOn(node.catalogue, 'nextDebt');
  start();
  for (const blob of made.slice(1)) {
    await node.catalogue.settleDebt([blob.blobId]);
    await node.applier.refreshDebt();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // Two seconds: at the start, and after the first pause of one second.
  const begun = passes.mock.calls.filter(([, after]) => after === undefined).length;
  expect(begun).toBeGreaterThanOrEqual(1);
  expect(begun).toBeLessThanOrEqual(2);
});
