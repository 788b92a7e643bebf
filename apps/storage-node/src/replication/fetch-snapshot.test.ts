/** A snapshot from one node's catalogue to another's disk, over loopback. */
import { join } from 'node:path';
import { createLogger } from '@netstore/service-kit';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import { type Connection, ConnectionPool, connectTo, listen } from '@netstore/wire-transport';
import { describe, expect, test } from 'vitest';
import { Catalogue } from '../catalogue/catalogue.ts';
import { readyPath } from '../catalogue/snapshot/finish-install.ts';
import { findBegun } from '../catalogue/snapshot/incoming-snapshot.ts';
import { readManifest } from '../catalogue/snapshot/install-manifest.ts';
import { SnapshotShelf } from '../catalogue/snapshot/snapshot-shelf.ts';
import { blobRef, put, RecordChain } from '../catalogue/testing/record-chain.ts';
import { Durability } from '../log/durability.ts';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import type { DataPaths } from '../membership/data-directory.ts';
import { snapshotHandler } from '../server/handle-snapshot.ts';
import { SnapshotReceiver } from './fetch-snapshot.ts';
import type { Peer } from './peers.ts';

const KEY = Buffer.alloc(32, 5);
const ID = 'node-1' as NodeId;
const TIMEOUT_MS = 10_000;
const SIGNAL = new AbortController().signal;
const logger = createLogger({ service: 'test', level: 'silent' });

/** A node with 300 records applied, and another that asks it. `cut` makes the node break its first connections after so many messages. */
async function twoNodes({ cuts = [] as number[], log = { baseSeq: 0, lastSeq: 0, hash: new Uint8Array(32) as Uint8Array } } = {}) {
  await using stack = new AsyncDisposableStack();
  const giver = stack.use(await makeTempDir('quarantine', 'snapshot'));
  const taker = stack.use(await makeTempDir('snapshot', 'quarantine'));
  const catalogue = stack.use(await Catalogue.open({ path: join(giver.path, 'c.db'), quarantineDir: join(giver.path, 'quarantine') }));
  const chain = new RecordChain();
  for (let number = 1; number <= 300; number += 1) chain.operation(put(`f${number}`, { refs: [blobRef(number)] }));
  await catalogue.apply(chain.records, new Set());
  const shelf = stack.use(await SnapshotShelf.open({ cataloguePath: join(giver.path, 'c.db'), dir: join(giver.path, 'snapshot') }));
  const handler = snapshotHandler({ shelf });
  const asked: number[] = [];
  const serve = async (connection: Connection, signal: AbortSignal): Promise<void> => {
    const { name, body } = await connection.receive({ timeoutMs: TIMEOUT_MS, signal });
    if (name !== 'GET_SNAPSHOT') throw new Error(`unexpected ${name}`);
    asked.push(body.firstChunk);
    const cut = cuts.shift();
    if (cut === undefined) return await handler(body, connection, signal);
    let sent = 0;
    const send: Connection['sendData'] = async (chunk) => {
      sent += 1;
      if (sent > cut) connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'cut'));
      await connection.sendData(chunk);
    };
    const cutting = new Proxy(connection, {
      get: (target, key) =>
        key === 'sendData'
          ? send
          : typeof Reflect.get(target, key) === 'function'
            ? Reflect.get(target, key).bind(target)
            : Reflect.get(target, key),
    });
    await handler(body, cutting, signal).catch(() => undefined);
  };
  const listener = stack.use(
    await listen({
      host: '127.0.0.1',
      port: 0,
      key: KEY,
      self: () => ({ nodeId: ID, clusterId: null, incarnation: null }),
      allowInsecure: false,
      connectionsMax: 8,
      onConnection: async (connection, signal) => {
        while (!connection.isBroken) await serve(connection, signal).catch((error: unknown) => connection.fail(error));
      },
    }),
  );
  const self = { role: 'node', nodeId: 'node-2' as NodeId, clusterId: null, incarnation: null } as const;
  const dial: Peer['dial'] = (channel, signal) =>
    connectTo({ ...listener.address, key: KEY, self, expect: { nodeId: ID }, channel, timeoutMs: TIMEOUT_MS, signal });
  const pool = stack.use(new ConnectionPool({ connect: (signal) => dial('conversation', signal) }));
  const ready: number[] = [];
  const state = { appliedSeq: 0, lastSeq: log.lastSeq };
  const receiver = new SnapshotReceiver({
    paths: { path: taker.path, snapshotDir: join(taker.path, 'snapshot') } as DataPaths,
    log: {
      base: { seq: log.baseSeq, hash: new Uint8Array(32) },
      get last() {
        return { seq: state.lastSeq, hash: new Uint8Array(32) };
      },
      positionAt: async (seq) => ({ seq, hash: log.hash }),
    },
    appliedSeq: () => state.appliedSeq,
    durability: new Durability(),
    logger,
    onReady: ({ seq }) => ready.push(seq),
  });
  const parts = stack.move();
  const peer: Peer = { id: ID, pool, dial };
  return { catalogue, chain, taker: taker.path, receiver, peer, ready, asked, state, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

describe('receiving a snapshot', () => {
  test('ends with a catalogue that is proved and a manifest that says where the log begins', async () => {
    await using nodes = await twoNodes();
    await nodes.receiver.run(nodes.peer, SIGNAL);
    expect(nodes.ready).toEqual([300]);
    const hash = Buffer.from(nodes.chain.records[299]?.hash ?? []);
    expect(await readManifest(nodes.taker)).toEqual({ base: { position: { seq: 300, hash }, epoch: 0 }, isLogKept: false });
    const path = readyPath(join(nodes.taker, 'snapshot'));
    await using received = await Catalogue.open({ path, quarantineDir: join(nodes.taker, 'quarantine') });
    expect(received.state).toEqual(nodes.catalogue.state);
    expect((await received.debt()).blobs).toBe(300);
  });

  test('goes on with the chunk at which the connection broke, as often as it takes', async () => {
    await using nodes = await twoNodes({ cuts: [2, 1] });
    await nodes.receiver.run(nodes.peer, SIGNAL);
    expect(nodes.ready).toEqual([300]);
    expect(nodes.asked[0]).toBe(0);
    expect(nodes.asked).toHaveLength(3);
    expect(nodes.asked[2]).toBeGreaterThan(nodes.asked[1] ?? 0);
    expect(await findBegun(join(nodes.taker, 'snapshot'))).toBeUndefined();
  });

  test('says how far it is while it runs, and nothing before and after', async () => {
    await using nodes = await twoNodes({ cuts: [2] });
    expect(nodes.receiver.progress).toBeUndefined();
    const running = nodes.receiver.run(nodes.peer, SIGNAL);
    await expect.poll(() => nodes.receiver.progress?.receivedBytes, { timeout: TIMEOUT_MS, interval: 5 }).toBeGreaterThan(0);
    expect(nodes.receiver.progress?.sizeBytes).toBeGreaterThanOrEqual(nodes.receiver.progress?.receivedBytes ?? Number.POSITIVE_INFINITY);
    await running;
    expect(nodes.receiver.progress).toBeUndefined();
  });

  test("keeps a log that has the snapshot's record", async () => {
    const chain = new RecordChain();
    for (let number = 1; number <= 300; number += 1) chain.operation(put(`f${number}`, { refs: [blobRef(number)] }));
    await using nodes = await twoNodes({ log: { baseSeq: 200, lastSeq: 310, hash: chain.records[299]?.hash ?? new Uint8Array() } });
    await nodes.receiver.run(nodes.peer, SIGNAL);
    expect(await readManifest(nodes.taker)).toMatchObject({ isLogKept: true });
  });

  test('refuses one that this node is beyond', async () => {
    await using nodes = await twoNodes();
    nodes.state.appliedSeq = 300;
    nodes.state.lastSeq = 300;
    await expect(nodes.receiver.run(nodes.peer, SIGNAL)).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    await using others = await twoNodes({ log: { baseSeq: 301, lastSeq: 400, hash: new Uint8Array(32) } });
    await expect(others.receiver.run(others.peer, SIGNAL)).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    expect(await readManifest(others.taker)).toBeUndefined();
  });

  test('takes one that is no further on when its own log is damaged and ends before what the catalogue shows', async () => {
    await using nodes = await twoNodes({ log: { baseSeq: 0, lastSeq: 49, hash: new Uint8Array(32) } });
    nodes.state.appliedSeq = 300;
    await nodes.receiver.run(nodes.peer, SIGNAL);
    expect(await readManifest(nodes.taker)).toMatchObject({ base: { position: { seq: 300 } }, isLogKept: false });
  });

  test('happens once however often it is asked for, and ends when it is aborted', async () => {
    await using nodes = await twoNodes();
    await Promise.all([nodes.receiver.run(nodes.peer, SIGNAL), nodes.receiver.run(nodes.peer, SIGNAL)]);
    expect(nodes.ready).toEqual([300]);
    await using others = await twoNodes();
    await expect(others.receiver.runWithAny([others.peer], AbortSignal.timeout(0))).rejects.toThrow();
    expect(others.ready).toEqual([]);
  });
});
