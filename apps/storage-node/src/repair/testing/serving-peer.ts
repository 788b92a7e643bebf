/** For tests: a peer that listens on loopback and gives blobs, their states and records from what it is handed. */
import { createMetrics } from '@netstore/service-kit';
import type { NodeId } from '@netstore/shared-types';
import { BLOB_STATES, unpackBlobIds } from '@netstore/wire-protocol';
import { type Connection, ConnectionPool, connectTo, listen } from '@netstore/wire-transport';
import { MemoryBlobStore } from '../../blobs/memory-blob-store.ts';
import { NO_CURSOR } from '../../blobs/scrub-cursor.ts';
import type { CensusTaken } from '../../catalogue/catalogue.ts';
import type { LogRecord } from '../../log/record.ts';
import { Arrivals } from '../../replication/arrivals.ts';
import { blobStatesOf } from '../../replication/blob-states.ts';
import type { Peer } from '../../replication/peers.ts';
import { FaultCounts } from '../fault-counts.ts';
import { showScrub } from '../show-scrub.ts';

const KEY = Buffer.alloc(32, 9);
const TIMEOUT_MS = 5_000;
const NO_COUNTS = new FaultCounts(createMetrics({ service: 'test' }), Date.now);

export interface ServingPeer extends AsyncDisposable {
  readonly peer: Peer;
  readonly blobs: MemoryBlobStore;
  /** What it gives for GET_LOG, from record 1 on. */
  records: readonly LogRecord[];
  /** What it gives for SCRUB, one after the other and the last one again. */
  censuses: readonly CensusTaken[];
  /** Ids of the blobs that were read from it, in order. */
  readonly read: string[];
  /** The first seqs of what GET_LOG asked it for, in order. */
  readonly asked: number[];
}

export async function startServingPeer(name: string): Promise<ServingPeer> {
  await using stack = new AsyncDisposableStack();
  const id = name as NodeId;
  const blobs = new MemoryBlobStore();
  const served = {
    records: [] as readonly LogRecord[],
    censuses: [] as readonly CensusTaken[],
    read: [] as string[],
    asked: [] as number[],
  };
  const listener = stack.use(
    await listen({
      host: '127.0.0.1',
      port: 0,
      key: KEY,
      self: () => ({ nodeId: id, clusterId: null, incarnation: null }),
      allowInsecure: false,
      connectionsMax: 16,
      onConnection: async (connection, signal) => {
        while (!connection.isBroken) await answer(connection, { blobs, served }, signal).catch(() => undefined);
      },
    }),
  );
  const self = { role: 'node', nodeId: 'node-1' as NodeId, clusterId: null, incarnation: null } as const;
  const dial: Peer['dial'] = (channel, signal) =>
    connectTo({ ...listener.address, key: KEY, self, expect: { nodeId: id }, channel, timeoutMs: TIMEOUT_MS, signal });
  const pool = stack.use(new ConnectionPool({ connect: (signal) => dial('conversation', signal) }));
  const parts = stack.move();
  return {
    peer: { id, pool, dial },
    blobs,
    read: served.read,
    asked: served.asked,
    get records() {
      return served.records;
    },
    set records(records) {
      served.records = records;
    },
    get censuses() {
      return served.censuses;
    },
    set censuses(censuses) {
      served.censuses = censuses;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

interface Served {
  readonly blobs: MemoryBlobStore;
  readonly served: {
    readonly records: readonly LogRecord[];
    censuses: readonly CensusTaken[];
    readonly read: string[];
    readonly asked: number[];
  };
}

async function answer(connection: Connection, { blobs, served }: Served, signal: AbortSignal): Promise<void> {
  const { name, body } = await connection.receive({ timeoutMs: TIMEOUT_MS, signal });
  try {
    if (name === 'GET_BLOB_STATES') {
      const states = await blobStatesOf(unpackBlobIds(body.blobIds), blobs, new Arrivals());
      await connection.send('BLOB_STATES', { states: Uint8Array.from(states, (state) => BLOB_STATES.indexOf(state)) });
    } else if (name === 'READ_BLOB') {
      served.read.push(body.blobId);
      for await (const chunk of blobs.read(body.blobId, body.firstChunk, body.chunkCount)) await connection.sendData(chunk);
      await connection.send('READ_BLOB_END', {});
    } else if (name === 'SCRUB') {
      const [census, ...further] = served.censuses;
      if (further.length > 0) served.censuses = further;
      await connection.send('SCRUB_STATE', showScrub({ activity: 'idle', cursor: NO_CURSOR, counts: NO_COUNTS, census, recordsProven: 0 }));
    } else if (name === 'GET_LOG') {
      served.asked.push(body.fromSeq);
      const given = served.records.slice(body.fromSeq - 1);
      await connection.send('LOG_RECORDS', {
        prevHash: given[0]?.previous ?? new Uint8Array(32),
        records: Buffer.concat(given.map(({ encoded }) => encoded)),
      });
    }
  } catch (error) {
    await connection.fail(error as never, { epoch: 0, primary: null });
  }
}
