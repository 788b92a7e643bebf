/** A secondary whose acknowledgements lie (H7): they name a record that it does not hold, or one of another history. They do not count, and no write is acknowledged on them. */
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  decodeMessage,
  encodeMessage,
  FRAME_HEADER_BYTES,
  type Frame,
  FrameDecoder,
  type LogAck,
  MESSAGES,
  writeFrameHeader,
} from '@netstore/wire-protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FaultCluster, NODE_1, NODE_2, NODE_3 } from '../fault-cluster.ts';
import { writesBackAfterMs } from '../timeline.ts';
import { underLoad } from '../under-load.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const LONG_MS = 300_000;

type Lie = (ack: LogAck) => LogAck;

const LIES: Readonly<Record<string, Lie>> = {
  'of a record that is not written yet': (ack) => ({ ...ack, acknowledged: { ...ack.acknowledged, seq: ack.acknowledged.seq + 50 } }),
  'of another history': (ack) => ({ ...ack, acknowledged: { ...ack.acknowledged, hash: new Uint8Array(32).fill(7) } }),
  'of another epoch': (ack) => ({ ...ack, epoch: ack.epoch + 1 }),
};

let lie: Lie | undefined;
let relay: ReturnType<typeof createServer>;
let cluster: FaultCluster;

beforeAll(async () => {
  cluster = await FaultCluster.prepare({ seed: SEED });
  relay = createServer((client) => void join(client, dial(cluster.nodes.address(NODE_2)))).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const { port } = relay.address() as AddressInfo;
  const addresses = cluster.addressesFor(NODE_1).replace(/node-2=[^,]+/, `node-2=127.0.0.1:${port}`);
  cluster.arrange(NODE_1, { env: { NETSTORE_NODES: addresses } });
  for (const id of [NODE_1, NODE_2, NODE_3]) cluster.startNode(id);
  await cluster.untilHealed();
  await cluster.startGateway();
});
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  relay?.close();
});

/** Between node-1 and node-2: passes everything on, and changes what node-2 acknowledges. */
async function join(client: Socket, server: Socket): Promise<void> {
  for (const socket of [client, server]) socket.on('error', () => undefined);
  const asked = (async () => {
    for await (const bytes of client as AsyncIterable<Buffer>) server.write(bytes);
  })();
  const answered = (async () => {
    const decoder = new FrameDecoder();
    for await (const bytes of server as AsyncIterable<Buffer>) {
      for (const frame of decoder.push(bytes)) client.write(changed(frame));
    }
  })();
  await Promise.race([asked.catch(() => undefined), answered.catch(() => undefined)]);
  for (const socket of [client, server]) socket.destroy();
}

function changed(frame: Frame): Buffer {
  if (lie !== undefined && frame.type === MESSAGES.LOG_ACK.type) return encodeMessage('LOG_ACK', lie(decodeMessage(frame).body as LogAck));
  const whole = Buffer.alloc(FRAME_HEADER_BYTES + frame.payload.length);
  writeFrameHeader(whole, frame.type, frame.payload.length);
  whole.set(frame.payload, FRAME_HEADER_BYTES);
  return whole;
}

test.each(Object.entries(LIES))(
  'an acknowledgement %s',
  async (_, told) => {
    const { problems } = await underLoad(cluster, { seed: SEED, patienceMs: 60_000 }, async (workload) => {
      // The one that does not lie is away.
      await cluster.kill(NODE_3);
      lie = told;
      await sleep(1_500);
      const fromMs = performance.now();
      await sleep(4_000);
      expect(writesBackAfterMs(await workload.ledger.history(), fromMs)).toBeUndefined();
      lie = undefined;
      const honestAtMs = performance.now();
      await sleep(6_000);
      expect(writesBackAfterMs(await workload.ledger.history(), honestAtMs)).toBeLessThan(6_000);
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);
