import { readdirSync } from 'node:fs';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import { makeFolder, put } from '../catalogue/testing/record-chain.ts';
import { type LogRecord, sealRecord } from '../log/record.ts';
import { newEpoch, operation, startSecondary } from './testing/secondary.ts';

let node: Awaited<ReturnType<typeof startSecondary>>;
beforeEach(async () => {
  node = await startSecondary();
});
afterEach(async () => {
  expect(node.failures).toEqual([]);
  await node[Symbol.asyncDispose]();
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const soon = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 100, 'not yet'));

/** NEW_EPOCH and as many folders. */
function records(epoch: number, count: number, name = `of-${epoch}`): LogRecord[] {
  const chain = [newEpoch(epoch)];
  for (let made = 0; made < count; made += 1) chain.push(operation(epoch, chain.at(-1) as LogRecord, makeFolder(`${name}-${made}`)));
  return chain;
}

describe('a log stream', () => {
  test('is acknowledged with the hash of the record, once log and mark are durable', async () => {
    const stream = await node.openStream(1);
    const sent = records(1, 3);
    await stream.append(sent);
    const { acknowledged } = await stream.ackOf(4);
    expect(hex(acknowledged.hash)).toBe(hex(sent[3]?.hash ?? new Uint8Array()));
    expect(node.log.last.seq).toBe(4);
    expect(hex(node.vote.current.acknowledged.hash)).toBe(hex(acknowledged.hash));
  });

  test('shows records when the primary says that they are committed, not before', async () => {
    const stream = await node.openStream(1);
    const sent = records(1, 2);
    await stream.append(sent);
    await stream.ackOf(3);
    expect(node.catalogue.applied.seq).toBe(0);
    await stream.append([], { after: sent[2] as LogRecord, commitSeq: 2 });
    await expect.poll(() => node.catalogue.applied.seq).toBe(2);
  });

  test('that another node opens in the name of the primary is refused', async () => {
    const stream = node.openStream(5, { node: 'node-3' as NodeId });
    await expect(stream).rejects.toMatchObject({ code: 'NS_WRONG_NODE' });
    expect(node.vote.current.epoch).toBe(0);
  });

  test('of an epoch below the promise is refused', async () => {
    await node.replicator.offered(7, 'node-3' as NodeId);
    await expect(node.openStream(6)).rejects.toMatchObject({ code: 'NS_FENCED', details: { epoch: 7 } });
  });

  test('that does not connect to this log is ended, and the next one says where this log ends', async () => {
    const sent = records(1, 3);
    const first = await node.openStream(1);
    await first.append(sent.slice(2), { after: sent[1] as LogRecord });
    await expect(first.nextAck()).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    const second = await node.openStream(1);
    expect(second.position.last.seq).toBe(0);
  });

  test('goes on after a full disk, for which something was given up', async () => {
    const append = node.log.append.bind(node.log);
    node.log.append = () => Promise.reject(new NetStoreError('NS_DISK_FULL', 'no room'));
    const sent = records(1, 1);
    const full = await node.openStream(1);
    await full.append(sent);
    await expect(full.nextAck()).rejects.toThrow();
    await expect.poll(() => node.seen.fullLogs).toBe(1);
    node.log.append = append;
    const next = await node.openStream(1);
    await next.append(sent);
    expect((await next.ackOf(2)).acknowledged.seq).toBe(2);
  });

  test('that asks for a word while a write fails takes nothing for committed that is not in the log', async () => {
    const full = Promise.withResolvers<void>();
    node.log.append = () => full.promise;
    const sent = records(1, 1);
    const stream = await node.openStream(1);
    await stream.append(sent);
    await stream.append([], { after: sent[1] as LogRecord, commitSeq: 2 });
    await soon();
    full.reject(new NetStoreError('NS_DISK_FULL', 'no room'));
    await expect(stream.nextAck()).rejects.toThrow();
    await expect.poll(() => node.seen.fullLogs).toBe(1);
    expect(node.replicator.core.commitSeq).toBe(0);
  });
});

test('what repeats a decided operation is acknowledged without its blobs, which were let go', async () => {
  const { stream, rejected, blob } = await rejectedPut();
  await stream.ackOf(3);
  await stream.append([], { after: rejected, commitSeq: 3 });
  await expect.poll(() => node.blobs.find(blob.blobId)).toBeUndefined();
  const { payload, type, timeMs } = rejected;
  const repeated = sealRecord({ seq: 4, epoch: 1, timeMs, previous: rejected.hash, type, payload });
  await stream.append([repeated], { after: rejected, commitSeq: 3 });
  expect((await stream.ackOf(4)).acknowledged.seq).toBe(4);
});

test('what repeats an operation whose outcome has expired is an operation of its own, and waits for its blobs', async () => {
  const { stream, rejected, blob } = await rejectedPut();
  await stream.append([], { after: rejected, commitSeq: 3 });
  await expect.poll(() => node.blobs.find(blob.blobId)).toBeUndefined();
  const { payload, type, timeMs } = rejected;
  // Outcomes of these records are kept for one millisecond.
  const late = sealRecord({ seq: 4, epoch: 1, timeMs: timeMs + 1, previous: rejected.hash, type, payload });
  await stream.append([late], { after: rejected, commitSeq: 3 });
  expect(await Promise.race([stream.ackOf(4), soon()])).toBe('not yet');
  await stageBlob(node.blobs, blob);
  await expect.poll(() => node.vote.current.acknowledged.seq, { timeout: 5_000 }).toBe(4);
});

test('a damaged log that gets another record at its mark than was acknowledged takes the mark down first, and not sooner', async () => {
  const sent = records(1, 3);
  await node.vote.acknowledge({ seq: 3, hash: new Uint8Array(32).fill(7) });
  const appended: { readonly from: number; readonly markSeq: number }[] = [];
  const append = node.log.append.bind(node.log);
  node.log.append = (fresh) => {
    appended.push({ from: fresh[0]?.seq ?? 0, markSeq: node.vote.current.acknowledged.seq });
    return append(fresh);
  };
  const stream = await node.openStream(1);
  await stream.append(sent);
  await stream.ackOf(4);
  expect(appended).toEqual([
    { from: 1, markSeq: 3 },
    { from: 3, markSeq: 2 },
  ]);
  expect(hex(node.vote.current.acknowledged.hash)).toBe(hex(sent[3]?.hash ?? new Uint8Array()));
});

test('who stands in vain forgets nothing of what it is receiving', async () => {
  const stream = await node.openStream(1);
  const sent = records(1, 2);
  await stream.append(sent.slice(0, 2));
  await stream.ackOf(2);
  const [promise, append] = [node.vote.promise.bind(node.vote), node.log.append.bind(node.log)];
  const slow = Promise.withResolvers<void>();
  node.vote.promise = (...args) => slow.promise.then(() => promise(...args));
  node.log.append = (appended) => slow.promise.then(() => append(appended));
  const standing = node.replicator.takeOver(1, 'node-1' as NodeId);
  await stream.append(sent.slice(2), { after: sent[1] as LogRecord });
  await expect.poll(() => node.replicator.core.role).toBe('candidate');
  await expect.poll(() => node.replicator.core.role, { timeout: 8_000 }).toBe('secondary');
  slow.resolve();
  await standing;
  await expect.poll(() => node.log.last.seq).toBe(3);
  expect(node.replicator.tail.last.seq).toBe(3);
  expect((await node.replicator.tail.positionAt(3))?.seq).toBe(3);
});

test('a node that reaches nobody raises no epoch when it is to be promoted, though it heard the primary a moment ago', async () => {
  const stream = await node.openStream(1);
  await stream.append(records(1, 1));
  await stream.ackOf(2);
  expect(node.replicator.core.isPrimarySilent).toBe(false);
  await expect(node.replicator.promote(AbortSignal.timeout(1_500))).rejects.toThrow();
  expect(node.vote.current).toMatchObject({ epoch: 1, candidate: 'node-1' });
});

describe('a suffix that lost', () => {
  test('is moved aside, and the mark goes back with the log', async () => {
    const lost = records(1, 4, 'lost');
    const before = await node.openStream(1);
    await before.append(lost);
    await before.ackOf(5);
    const won = [...lost.slice(0, 2), newEpoch(2, lost[1])];
    const stream = await node.openStream(2);
    expect(stream.position.last.seq).toBe(5);
    await stream.append(won);
    expect(hex((await stream.ackOf(3)).acknowledged.hash)).toBe(hex(won[2]?.hash ?? new Uint8Array()));
    expect(readdirSync(`${node.path}/divergent`)).toHaveLength(1);
    expect(node.log.last.seq).toBe(3);
    // A log that ends below its mark, or has another record there, would be refused by the next start.
    expect(hex(node.vote.current.acknowledged.hash)).toBe(hex(node.log.last.hash));
  });

  test('is never a committed one: then one of the logs is not of this history', async () => {
    const committed = records(1, 2);
    const before = await node.openStream(1);
    await before.append(committed, { commitSeq: 3 });
    await expect.poll(() => node.catalogue.applied.seq).toBe(3);
    const stream = await node.openStream(2);
    await stream.append(records(2, 2));
    await expect(stream.ackOf(3)).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED' });
    expect(node.log.last.seq).toBe(3);
  });
});

describe('a primary that connects again', () => {
  test('waits until nothing of its former stream is under way: a late mark of a record that was moved aside would end the node', async () => {
    const acknowledge = node.vote.acknowledge.bind(node.vote);
    const disk = Promise.withResolvers<void>();
    let marks = 0;
    node.vote.acknowledge = async (...args) => {
      marks += 1;
      await disk.promise;
      return acknowledge(...args);
    };
    const lost = records(1, 1, 'lost');
    const before = await node.openStream(1);
    await before.append(lost);
    await expect.poll(() => marks).toBe(1);
    const opening = node.openStream(2);
    expect(await Promise.race([opening, soon()])).toBe('not yet');
    disk.resolve();
    const stream = await opening;
    const won = records(2, 0);
    await stream.append(won);
    await stream.ackOf(1);
    expect(hex(node.vote.current.acknowledged.hash)).toBe(hex(won[0]?.hash ?? new Uint8Array()));
  });
});

test('what is acknowledged to a primary is in the log by the time a promise to another is given', async () => {
  const append = node.log.append.bind(node.log);
  const disk = Promise.withResolvers<void>();
  node.log.append = async (...args) => {
    await disk.promise;
    return append(...args);
  };
  const sent = records(1, 2);
  const stream = await node.openStream(1);
  await stream.append(sent);
  await expect.poll(() => node.replicator.tail.last.seq).toBe(3);
  const promise = node.replicator.following.promise(2, 'node-3' as NodeId);
  expect(await Promise.race([promise, soon()])).toBe('not yet');
  disk.resolve();
  expect(await promise).toMatchObject({ last: { seq: 3 }, lastEpoch: 1 });
  await expect(stream.ackOf(3)).rejects.toThrow();
});

test('a record whose blob is not here is never said to be held, though it is committed and acknowledged', async () => {
  const blob = makeBlob(1_000);
  const ref = { blobId: blob.blobId, lengthBytes: 1_000, crcTableSha256: blob.crcTableSha256 };
  const opening = newEpoch(1);
  const file = operation(1, opening, put('file', { refs: [ref] }));
  const stream = await node.openStream(1);
  await stream.append([opening, file], { commitSeq: 2 });
  expect(await stream.ackOf(2)).toMatchObject({ heldSeq: 0 });
  await expect.poll(() => node.replicator.applier.debt.blobs).toBe(1);
  expect((await stream.nextAck()).heldSeq).toBeLessThan(2);
  await stageBlob(node.blobs, blob);
  for (let held = 0; held < 2; ) held = (await stream.nextAck()).heldSeq;
  expect(node.replicator.applier.debt.blobs).toBe(0);
});

test('a primary whose log begins behind the end of this one sends it for a snapshot', async () => {
  const stream = await node.openStream(1);
  await stream.connection.fail(new NetStoreError('NS_LOG_COMPACTED', 'Log begins with record 9'));
  await expect.poll(() => node.seen.behind).toBe(1);
});

/** A put that is decided, and rejected, by what stands in the log before it; its blob is staged. */
async function rejectedPut() {
  const blob = makeBlob(100);
  const ref = { blobId: blob.blobId, lengthBytes: 100, crcTableSha256: blob.crcTableSha256 };
  await stageBlob(node.blobs, blob);
  const stream = await node.openStream(1);
  const opening = newEpoch(1);
  const taken = operation(1, opening, makeFolder('taken'));
  const rejected = operation(1, taken, put('taken', { refs: [ref], expected: { kind: 'absent' } }));
  await stream.append([opening, taken, rejected]);
  return { stream, rejected, blob };
}
