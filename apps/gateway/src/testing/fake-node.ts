/** One fake storage node on a real wire: speaks every conversation that a gateway may begin, and misbehaves when told to. */
import { type BlobId, type ClusterId, type Incarnation, NetStoreError, type NodeId } from '@netstore/shared-types';
import {
  BLOB_REF_BYTES,
  CHUNK_BYTES,
  ChunkChecksum,
  type Faults,
  type GetFaults,
  type Incoming,
  unpackBlobRefs,
} from '@netstore/wire-protocol';
import { type Connection, type Listener, listen } from '@netstore/wire-transport';
import type { FakeTree } from './fake-tree.ts';

const IDLE_MS = 60_000;
const NO_FAULTS: Faults = { run: '00000000-0000-4000-8000-000000000000', events: [] };

export interface FakeRoles {
  primary: NodeId | null;
  epoch: number;
}

export interface FakeNodeState {
  readonly nodeId: NodeId;
  readonly tree: FakeTree;
  /** The same object for all nodes that know the present; a node that missed being replaced has one of its own. */
  roles: FakeRoles;
  /** While it has not resolved, the node takes messages and says nothing. */
  frozen: Promise<void> | undefined;
  /** Each node has its own copies. */
  readonly blobs: Map<BlobId, Buffer>;
  /** Chunks that this node sends with a flipped bit. */
  readonly damaged: Set<BlobId>;
  /** Called before a message is handled; may throw to fail it, or wait. */
  before: (message: Incoming, connection: Connection) => Promise<void> | void;
  /** Called before the answer to a COMMIT that was committed is sent. */
  beforeAnswer: (message: Incoming, connection: Connection) => Promise<void> | void;
  /** `before` has answered in this node's place. */
  answersItself: boolean;
  /** Where held blobs go besides this node. */
  readonly replicate: (blobId: BlobId, bytes: Buffer) => void;
  readonly manifestPageBlobs: number;
  /** What it found wrong on itself; nothing, if undefined. */
  faults?: Faults;
  /** The node lags when this is below the newest record. */
  appliedSeq: number;
}

export function startFakeNode(state: FakeNodeState, options: { readonly key: Buffer; readonly port?: number }): Promise<Listener> {
  return listen({
    host: '127.0.0.1',
    port: options.port ?? 0,
    key: options.key,
    self: () => ({ nodeId: state.nodeId, clusterId: 'c'.repeat(32) as ClusterId, incarnation: 'd'.repeat(32) as Incarnation }),
    allowInsecure: false,
    connectionsMax: 256,
    onConnection: (connection) => serve(connection, state),
  });
}

async function serve(connection: Connection, state: FakeNodeState): Promise<void> {
  while (!connection.isBroken) {
    const message = await connection.receive({ timeoutMs: IDLE_MS }).catch(() => undefined);
    if (message === undefined) return;
    try {
      await state.frozen;
      // Gateways ask for faults all the time: that is nothing a test has caused.
      if (message.name !== 'GET_FAULTS') await state.before(message, connection);
      if (!state.answersItself || message.name !== 'COMMIT') await answer(connection, message, state);
    } catch (error) {
      const { epoch, primary } = state.roles;
      await connection.fail(error, { epoch, primary });
    }
  }
}

async function answer(connection: Connection, message: Incoming, state: FakeNodeState): Promise<void> {
  switch (message.name) {
    case 'PUT_BLOB':
      return receiveBlob(connection, message.body.blobId, message.body.lengthBytes, state);
    case 'READ_BLOB':
      return sendBlob(connection, message.body, state);
    case 'COMMIT': {
      requirePrimary(state);
      const committed = state.tree.commit(message.body, state.roles.epoch);
      await state.beforeAnswer(message, connection);
      await state.frozen;
      return connection.send('COMMITTED', committed);
    }
    case 'GET_OPERATION': {
      requirePrimary(state);
      const known = state.tree.outcomes.get(message.body.operationId);
      return known === undefined ? connection.send('OPERATION_UNKNOWN', {}) : connection.send('COMMITTED', { ...known, isReplay: true });
    }
    case 'ABANDON':
      state.tree.abandoned.push(...message.body.blobIds);
      return connection.send('ABANDONED', {});
    default:
      return answerMetadata(connection, message, state);
  }
}

async function answerMetadata(connection: Connection, message: Incoming, state: FakeNodeState): Promise<void> {
  const { tree, roles } = state;
  switch (message.name) {
    case 'GET_ENTRY': {
      const view = viewFor(state, message.body);
      const { space, path } = message.body;
      return connection.send('ENTRY', { ...view, entry: tree.row(space, path), versions: tree.versions(space, path) });
    }
    case 'LIST_ENTRIES': {
      const view = viewFor(state, message.body);
      const { space, folder, after, limit } = message.body;
      const rows = tree.children(space, folder).filter(({ path }) => after === null || path > after);
      const entries = rows.slice(0, limit);
      const isFound = folder !== '' && tree.row(space, folder) !== null;
      return connection.send('ENTRIES', { ...view, isFound, entries, next: rows.length > limit ? (entries.at(-1)?.path ?? null) : null });
    }
    case 'GET_USAGE': {
      const view = viewFor(state, message.body);
      return connection.send('USAGE', { ...view, bytes: message.body.spaces.map((space) => tree.usage.get(space) ?? 0) });
    }
    case 'LIST_TRASH': {
      const view = viewFor(state, message.body);
      const { space, after, limit } = message.body;
      const rows = tree.trash(space).filter(({ trashId }) => after === null || trashId < Number(after));
      const entries = rows.slice(0, limit);
      const next = rows.length > limit ? String(entries.at(-1)?.trashId) : null;
      return connection.send('TRASH', { ...view, graceMs: 86_400_000, entries, next });
    }
    case 'GET_FILE': {
      const view = viewFor(state, message.body);
      const { space, path, version, firstByte } = message.body;
      const entry = tree.row(space, path, version);
      const file = entry?.file ?? null;
      const manifest = file === null ? null : pageAt(state, file.contentId, firstByte);
      return connection.send('FILE', { ...view, isFolder: entry !== null && file === null, entry: file === null ? null : entry, manifest });
    }
    case 'GET_MANIFEST':
      return connection.send('MANIFEST', { manifest: pageAt(state, message.body.contentId, message.body.firstByte) });
    case 'GET_HOLDINGS': {
      const isHeld = tree.blobIdsOf(message.body.contentId).every((blobId) => state.blobs.has(blobId));
      return connection.send('HOLDINGS', { state: isHeld ? 'held' : 'copying', verifiedAtMs: isHeld ? 1_750_000_000_000 : null });
    }
    case 'GET_FAULTS':
      return connection.send('FAULTS', faultsAfter(message.body, state.faults));
    case 'GET_STATUS':
      return connection.send('STATUS', {
        nodeId: state.nodeId,
        clusterId: 'c'.repeat(32) as ClusterId,
        role: roles.primary === state.nodeId ? 'primary' : 'secondary',
        epoch: roles.epoch,
        primary: roles.primary,
        canCommit: roles.primary === state.nodeId,
        lastSeq: tree.seq,
        commitSeq: tree.seq,
        appliedSeq: tree.seq,
        debt: { blobs: 0, bytes: 0, heldSeq: tree.seq },
        space: { usedBytes: 1000, freeBytes: 2000 },
        diskProblem: null,
        scrub: { state: 'idle', finishedAtMs: null, bytesTotal: 0, bytesDone: 0, lostBlobs: 0 },
        quarantined: 0,
        nowMs: Date.now(),
        filesAtRisk: roles.primary === state.nodeId ? 0 : null,
        failover: 'manual',
        peers: [],
        reason: null,
      });
    default:
      throw new NetStoreError('NS_MESSAGE_UNEXPECTED', `Fake node does not take ${message.name}`);
  }
}

/** Every fake member has applied all there is, unless `appliedSeq` says otherwise. */
function viewFor(
  { nodeId, roles, tree, appliedSeq }: FakeNodeState,
  { allowStale, minSeq }: { readonly allowStale: boolean; readonly minSeq: number | null },
): { appliedSeq: number; epoch: number; isStale: boolean } {
  const applied = Math.min(appliedSeq, tree.seq);
  const isStale = roles.primary !== nodeId && (minSeq === null || applied < minSeq);
  if (isStale && !allowStale) throw notPrimary(nodeId);
  return { appliedSeq: applied, epoch: roles.epoch, isStale };
}

function requirePrimary({ nodeId, roles }: FakeNodeState): void {
  if (roles.primary !== nodeId) throw notPrimary(nodeId);
}

function notPrimary(nodeId: NodeId): NetStoreError {
  return new NetStoreError('NS_NOT_PRIMARY', `${nodeId} is not primary`);
}

async function receiveBlob(connection: Connection, blobId: BlobId, lengthBytes: number, state: FakeNodeState): Promise<void> {
  requirePrimary(state);
  const checksum = new ChunkChecksum(blobId);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < lengthBytes; at += CHUNK_BYTES) {
    const { chunkIndex, crc, bytes } = await connection.expect('DATA', { timeoutMs: 10_000 });
    if (checksum.of(chunkIndex, bytes) !== crc) throw new NetStoreError('NS_CHECKSUM_MISMATCH', 'a chunk arrived damaged');
    parts.push(Buffer.from(bytes));
  }
  await connection.expect('PUT_BLOB_END', { timeoutMs: 10_000 });
  state.replicate(blobId, Buffer.concat(parts));
  await connection.send('BLOB_HELD', { blobId, holders: [state.nodeId] });
}

async function sendBlob(
  connection: Connection,
  { blobId, firstChunk, chunkCount }: { readonly blobId: BlobId; readonly firstChunk: number; readonly chunkCount: number },
  state: FakeNodeState,
): Promise<void> {
  const blob = state.blobs.get(blobId);
  if (blob === undefined) throw new NetStoreError('NS_BLOB_MISSING', `${state.nodeId} does not hold it`);
  const checksum = new ChunkChecksum(blobId);
  const end = Math.min(firstChunk + chunkCount, Math.ceil(blob.length / CHUNK_BYTES));
  for (let chunkIndex = firstChunk; chunkIndex < end; chunkIndex += 1) {
    const bytes = Buffer.from(blob.subarray(chunkIndex * CHUNK_BYTES, (chunkIndex + 1) * CHUNK_BYTES));
    const crc = checksum.of(chunkIndex, bytes);
    // The last chunk, so that the good ones before it are used and the other replica is asked for this one only.
    if (state.damaged.has(blobId) && chunkIndex === end - 1) bytes.writeUInt8((bytes[0] ?? 0) ^ 1, 0);
    await connection.sendData({ chunkIndex, crc, bytes });
  }
  await connection.send('READ_BLOB_END', {});
}

function pageAt(
  { tree, manifestPageBlobs }: FakeNodeState,
  contentId: number,
  firstByte: number,
): { contentId: number; offsetBytes: number; blobs: Uint8Array } | null {
  const manifest = tree.manifests.get(contentId);
  if (manifest === undefined) return null;
  let offsetBytes = 0;
  let first = 0;
  for (const { lengthBytes } of unpackBlobRefs(manifest)) {
    if (firstByte < offsetBytes + lengthBytes) break;
    offsetBytes += lengthBytes;
    first += 1;
  }
  return { contentId, offsetBytes, blobs: manifest.slice(first * BLOB_REF_BYTES, (first + manifestPageBlobs) * BLOB_REF_BYTES) };
}

function faultsAfter({ run, after }: GetFaults, faults: Faults = NO_FAULTS): Faults {
  return { ...faults, events: faults.events.filter(({ number }) => run !== faults.run || number > after) };
}
