/** For tests: a secondary, `node-2`, of real parts on a folder of its own (its blobs in memory), and the wire of a primary, `node-1`, to it. */
import { createLogger } from '@netstore/service-kit';
import type { ClusterId, Incarnation, NodeId } from '@netstore/shared-types';
import type { LogAck, LogPosition, LogPositionAnswer, Operation } from '@netstore/wire-protocol';
import { type Connection, connectTo, listen } from '@netstore/wire-transport';
import { MemoryBlobStore } from '../../blobs/memory-blob-store.ts';
import { Catalogue } from '../../catalogue/catalogue.ts';
import { encodeNewEpoch, encodeOperation } from '../../log/payload.ts';
import { type LogRecord, NO_HASH, sealRecord } from '../../log/record.ts';
import { ReplicatedLog } from '../../log/replicated-log.ts';
import { makeTempDir } from '../../log/testing/temp-dir.ts';
import { PeerGenerations } from '../../membership/peer-generations.ts';
import { VoteStore } from '../../membership/vote.ts';
import type { Handlers } from '../../server/handler.ts';
import { serveConnection } from '../../server/serve-connection.ts';
import { Members } from '../members.ts';
import { Peers } from '../peers.ts';
import { Replicator } from '../replicator.ts';

const HOST = '127.0.0.1';
const SOON = { timeoutMs: 5_000 };
const KEY = Buffer.alloc(32, 7);
/** Nobody listens there. */
const NOWHERE = 1;
const CLUSTER = 'c'.repeat(32) as ClusterId;
const IDS = ['node-1', 'node-2', 'node-3'] as NodeId[];
const [PRIMARY, SELF] = IDS as [NodeId, NodeId, NodeId];
const incarnationOf = (node: NodeId): Incarnation => node.slice(-1).repeat(32) as Incarnation;
const silent = createLogger({ service: 'test', level: 'silent' });

async function openParts(path: string, stack: AsyncDisposableStack) {
  const vote = stack.use(await VoteStore.open(path));
  const mark = vote.current.acknowledged;
  const log = stack.use(await ReplicatedLog.open({ dir: `${path}/log`, divergentDir: `${path}/divergent`, mark }));
  const catalogue = stack.use(await Catalogue.open({ path: `${path}/catalogue.db`, quarantineDir: `${path}/quarantine` }));
  return { vote, log, catalogue };
}

/** Without a wire. What is opened is closed by `stack`. */
export async function startReplicator(path: string, stack: AsyncDisposableStack) {
  const parts = await openParts(path, stack);
  const blobs = new MemoryBlobStore();
  const members = new Members();
  const identity = () => ({ clusterId: CLUSTER, nodeId: SELF, incarnation: incarnationOf(SELF) });
  const nodes = IDS.map((id) => ({ id, host: HOST, port: NOWHERE }));
  const see = members.see.bind(members);
  const peers = stack.use(new Peers({ nodeId: SELF, nodes, key: KEY, identity, see }));
  const generations = stack.use(await PeerGenerations.open(path));
  const failures: unknown[] = [];
  const seen = { fullLogs: 0, behind: 0 };
  const replicator = stack.use(
    await Replicator.start({
      ...parts,
      blobs,
      self: SELF,
      nodes: IDS,
      identity,
      failover: 'manual',
      preferAfterMs: 60_000,
      generations,
      members,
      peers,
      logger: silent,
      now: Date.now,
      onLogFull: async () => {
        seen.fullLogs += 1;
      },
      onBehind: () => {
        seen.behind += 1;
      },
      onFatal: (error) => failures.push(error),
    }),
  );
  return { ...parts, blobs, members, replicator, failures, seen };
}

export async function startSecondary() {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await makeTempDir('log', 'divergent', 'quarantine'));
  const running = await startReplicator(dir.path, stack);
  const listener = stack.use(
    await listen({
      host: HOST,
      port: 0,
      key: KEY,
      self: () => ({ nodeId: SELF, clusterId: CLUSTER, incarnation: incarnationOf(SELF) }),
      allowInsecure: false,
      connectionsMax: 16,
      onConnection: (connection, signal) =>
        serveConnection(
          connection,
          { ...running, handlers: {} as Handlers, following: running.replicator.following, logger: silent },
          signal,
        ),
    }),
  );
  /** A log stream from `node` in the name of `primary`, once it is answered. */
  const openStream = async (epoch: number, { node = PRIMARY, primary = PRIMARY } = {}): Promise<TestStream> => {
    const connection = await connectTo({
      ...listener.address,
      key: KEY,
      self: { role: 'node', nodeId: node, clusterId: CLUSTER, incarnation: incarnationOf(node) },
      expect: { nodeId: SELF },
      channel: 'log',
      ...SOON,
    });
    stackOfTest.use(connection);
    const position = { seq: 0, hash: NO_HASH };
    await connection.send('LOG_OPEN', { epoch, primary, commit: position });
    return new TestStream(connection, epoch, await connection.expect('LOG_POSITION', SOON));
  };
  const stackOfTest = stack.move();
  return { ...running, path: dir.path, openStream, [Symbol.asyncDispose]: () => stackOfTest.disposeAsync() };
}

/** What a primary says on one log stream. */
export class TestStream {
  readonly connection: Connection;
  /** The answer to LOG_OPEN. */
  readonly position: LogPositionAnswer;
  readonly #epoch: number;

  constructor(connection: Connection, epoch: number, position: LogPositionAnswer) {
    this.connection = connection;
    this.position = position;
    this.#epoch = epoch;
  }

  async append(records: readonly LogRecord[], { after = { seq: 0, hash: NO_HASH } as LogPosition, commitSeq = 0 } = {}): Promise<void> {
    await this.connection.send('LOG_APPEND', {
      epoch: this.#epoch,
      commitSeq,
      prevSeq: after.seq,
      prevHash: after.hash,
      records: Buffer.concat(records.map(({ encoded }) => encoded)),
    });
  }

  nextAck(): Promise<LogAck> {
    return this.connection.expect('LOG_ACK', SOON);
  }

  /** The first acknowledgement that reaches `seq`. */
  async ackOf(seq: number): Promise<LogAck> {
    for (;;) {
      const ack = await this.nextAck();
      if (ack.acknowledged.seq >= seq) return ack;
    }
  }
}

export function newEpoch(epoch: number, after: LogPosition = { seq: 0, hash: NO_HASH }, primary = PRIMARY): LogRecord {
  const members = IDS.map((nodeId) => ({ nodeId, incarnation: incarnationOf(nodeId) }));
  const payload = encodeNewEpoch({ epoch, primary, clusterId: CLUSTER, members, aborted: [] });
  return sealRecord({ seq: after.seq + 1, epoch, timeMs: 1, previous: after.hash, type: 'new-epoch', payload });
}

export function operation(epoch: number, after: LogPosition, what: Operation): LogRecord {
  const seq = after.seq + 1;
  const id = `${epoch}${String(seq).padStart(31, '0')}` as never;
  const payload = encodeOperation({ operationId: id, fingerprint: new Uint8Array(32), retentionMs: 1, author: id, operation: what });
  return sealRecord({ seq, epoch, timeMs: 1, previous: after.hash, type: 'operation', payload });
}
