/** One body of every message, every field filled: what the golden bytes are made of. */
import type { BlobId, ClusterId, FilePath, Incarnation, NodeId, OperationId, SpaceId, UserId, VersionId } from '@netstore/shared-types';
import { CHUNK_BYTES, packBlobRefs } from '../manifest.ts';
import type { MessageBody, MessageName } from '../message.ts';

/** `length` bytes that count up from `first`. */
export const countingBytes = (length: number, first = 0): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (first + index) % 256));

const hash = (first: number): Uint8Array => new Uint8Array(Array.from({ length: 32 }, (_, index) => (first + index) % 256));
const id = (digit: string): string => digit.repeat(32);

const node1 = 'node-1' as NodeId;
const node2 = 'node-2' as NodeId;
const node3 = 'node-3' as NodeId;
const clusterId = id('c') as ClusterId;
const incarnation = id('d') as Incarnation;
const blobId = id('b') as BlobId;
const space = id('5') as SpaceId;
const author = id('a') as UserId;
const version = '1z' as VersionId;
const path = 'Fotos/Köln/Dom.jpg' as FilePath;
const requestId = 'req-0123456789';
const run = '00112233-4455-6677-8899-aabbccddeeff';
const position = { seq: 4711, hash: hash(1) };
const debt = { blobs: 3, bytes: 25_165_824, heldSeq: 4700 };
const disk = { usedBytes: 1_000_000_007, freeBytes: 2 ** 40 };
const blobs = new Uint8Array(packBlobRefs([{ blobId, lengthBytes: CHUNK_BYTES + 1, crcTableSha256: hash(9) }]));
const manifest = { contentId: 12, offsetBytes: 8_388_608, blobs };
const file = {
  version,
  contentId: 12,
  sizeBytes: 8_454_145,
  sha256: hash(2),
  contentType: 'image/jpeg',
  createdAtMs: 1_790_000_000_123,
  author,
};
const entry = { path, modifiedAtMs: 1_790_000_000_123, file, replicas: { durable: 2, total: 3 } };
const folder = { path: 'Fotos' as FilePath, modifiedAtMs: 1_780_000_000_000, file: null, replicas: null };
const answer = { appliedSeq: 4711, epoch: 7, isStale: false };
const question = { requestId, space, allowStale: true, minSeq: 4709 };

export const SAMPLE_BODIES: { readonly [Name in MessageName]: MessageBody<Name> } = {
  HELLO: { protocolMin: 1, protocolMax: 1, role: 'node', channel: 'log', nodeId: node2, clusterId, incarnation, nonce: hash(3) },
  CHALLENGE: { protocol: 1, nodeId: node1, clusterId, incarnation: null, nonce: hash(4) },
  PROOF: { mac: hash(5) },
  WELCOME: { mac: hash(6) },
  FAILURE: { code: 'NS_FENCED', message: 'Epoch is too old: requested 4, promised 7', epoch: 7, primary: node3 },
  PUT_BLOB: { requestId, epoch: 7, blobId, lengthBytes: CHUNK_BYTES + 1 },
  DATA: { chunkIndex: 1, crc: 0xdeadbeef, bytes: countingBytes(20) },
  PUT_BLOB_END: { crcTableSha256: hash(7) },
  BLOB_HELD: { blobId, holders: [node1, node3] },
  READ_BLOB: { requestId, blobId, firstChunk: 3, chunkCount: 125 },
  READ_BLOB_END: {},
  COMMIT: {
    requestId,
    operationId: id('0') as OperationId,
    fingerprint: hash(8),
    retentionMs: 86_400_000,
    author,
    operation: {
      kind: 'put',
      space,
      path,
      expected: { kind: 'version', version },
      contentType: 'image/jpeg',
      sizeBytes: CHUNK_BYTES + 1,
      sha256: hash(2),
      blobs,
    },
  },
  COMMITTED: {
    seq: 4712,
    epoch: 7,
    fingerprint: hash(8),
    outcome: { isAccepted: true, entry, isCreated: true },
    replicas: { durable: 2, total: 3 },
    isReplay: false,
  },
  BLOBS_MISSING: { blobIds: [blobId] },
  GET_OPERATION: { requestId, operationId: id('0') as OperationId },
  OPERATION_UNKNOWN: {},
  ABANDON: { requestId, blobIds: [blobId] },
  ABANDONED: {},
  GET_SNAPSHOT: { snapshotId: blobId, firstChunk: 17 },
  SNAPSHOT: { snapshotId: blobId, firstChunk: 17, position, epoch: 7, digest: hash(20), sizeBytes: 1_048_577, sha256: hash(21) },
  SNAPSHOT_END: {},
  GET_STAGED: { sealedForMs: 172_800_000 },
  STAGED: { nowMs: 1_790_000_000_123, blobIds: hash(1).subarray(0, 16) },
  GET_ENTRY: { ...question, path, withVersions: true },
  ENTRY: { ...answer, entry, versions: [file] },
  LIST_ENTRIES: { ...question, folder: 'Fotos' as FilePath, after: 'Köln', limit: 100, sort: 'modifiedAt', order: 'desc' },
  ENTRIES: { ...answer, isFound: true, entries: [folder, entry], next: 'Köln' },
  GET_FILE: { ...question, path, version, firstByte: 65_536 },
  FILE: { ...answer, isFolder: false, entry, manifest },
  GET_MANIFEST: { requestId, contentId: 12, firstByte: 8_589_934_592 },
  MANIFEST: { manifest },
  GET_HOLDINGS: { requestId, contentId: 12 },
  HOLDINGS: { state: 'copying', verifiedAtMs: 1_790_000_000_123 },
  GET_USAGE: { requestId, spaces: [space], allowStale: false, minSeq: null },
  USAGE: { ...answer, bytes: [8_454_145] },
  LIST_TRASH: { ...question, after: '4711', limit: 100 },
  TRASH: {
    ...answer,
    graceMs: 2_592_000_000,
    entries: [{ trashId: 4700, path, isFile: true, files: 1, sizeBytes: 8_454_145, trashedAtMs: 1_790_000_000_123, trashedBy: author }],
    next: '4700',
  },
  GET_STATUS: { requestId },
  STATUS: {
    nodeId: node1,
    clusterId,
    role: 'primary',
    epoch: 7,
    primary: node1,
    failover: 'automatic',
    canCommit: true,
    lastSeq: 4712,
    commitSeq: 4711,
    appliedSeq: 4710,
    debt,
    space: disk,
    diskProblem: 'The disk is full',
    scrub: { state: 'paused', finishedAtMs: 1_789_000_000_000, bytesTotal: 3_000_000, bytesDone: 1_000_000, lostBlobs: 1 },
    quarantined: 2,
    nowMs: 1_790_000_000_123,
    filesAtRisk: 2,
    peers: [
      {
        nodeId: node2,
        isConnected: true,
        isMember: false,
        ackedSeq: 4711,
        debt,
        lastHeardAtMs: 1_790_000_000_000,
        reason: 'Its disk is new',
      },
    ],
    reason: 'The log of node-3 is being copied',
  },
  GET_IDENTITY: {},
  IDENTITY: { isBlank: false, clusterId, incarnation, nodes: [node1, node2, node3], lastSeq: 4711 },
  FORM: { clusterId, nodes: [node1, node2, node3] },
  FORMED: { incarnation },
  ADOPT: { clusterId, nodes: [node1, node2, node3] },
  REQUEST_PREVOTE: { epoch: 8, candidate: node2, generation: 99 },
  PREVOTE: { isGranted: false, reason: 'node-1 was heard a moment ago', promisedEpoch: 7, generation: 98 },
  HAND_OVER: { epoch: 7, primary: node1 },
  HANDED_OVER: {},
  REQUEST_PROMISE: { epoch: 8, candidate: node2, generation: 99 },
  PROMISE: {
    epoch: 8,
    candidate: node2,
    lastEpoch: 7,
    last: position,
    commit: position,
    acknowledged: position,
    generation: 98,
    records: [{ seq: 4712, hash: hash(10) }],
  },
  HEARTBEAT: {
    epoch: 7,
    primary: node1,
    commit: position,
    held: [{ nodeId: node1, heldSeq: 4700 }],
    disks: [{ nodeId: node2, incarnation, generation: 98, isRefused: true }],
  },
  HEARTBEAT_ACK: {
    epoch: 7,
    acknowledged: position,
    generation: 98,
    appliedSeq: 4710,
    debt,
    lost: { blobs: 2, heldSeq: 4705 },
    isDiskFull: true,
  },
  LOG_OPEN: { epoch: 7, primary: node1, commit: position },
  LOG_POSITION: { promisedEpoch: 7, lastEpoch: 6, last: position, commit: position, generation: 98 },
  LOG_APPEND: { epoch: 7, commitSeq: 4711, prevSeq: 4711, prevHash: hash(1), records: new Uint8Array(countingBytes(40)) },
  LOG_ACK: { epoch: 7, acknowledged: position, heldSeq: 4700 },
  GET_LOG: { fromSeq: 4712, bytesMax: 1_048_576 },
  LOG_RECORDS: { prevHash: hash(1), records: new Uint8Array(countingBytes(40)) },
  GET_BLOB_STATES: { blobIds: hash(1).subarray(0, 16) },
  BLOB_STATES: { states: new Uint8Array([1]) },
  PROMOTE: { requestId },
  PROMOTED: { epoch: 8, primary: node2 },
  REPLACE_NODE: { requestId, nodeId: node3 },
  SCRUB: { requestId, action: 'verify' },
  SCRUB_STATE: {
    state: 'running',
    startedAtMs: 1_790_000_000_000,
    finishedAtMs: null,
    blobsTotal: 5000,
    blobsDone: 1234,
    bytesTotal: 5_368_709_120,
    bytesDone: 1_288_490_188,
    recordsVerified: 4711,
    faultsFound: 2,
    faultsRepaired: 1,
    lostBlobs: 1,
    strayFiles: 0,
    oldestVerifiedAtMs: 1_789_000_000_000,
    census: { seq: 4711, digest: hash(11), blobs: 4999, bytes: 4999 * 65536, blobDigest: hash(12) },
  },
  GET_FAULTS: { requestId, run, after: 6 },
  FAULTS: {
    run,
    events: [{ number: 7, timeMs: 1_790_000_000_000, kind: 'damaged', what: `blob ${blobId} of version 1z, noticed by a read` }],
  },
  REPLACING: { nodeId: node3, incarnation, isAlreadyMember: false },
};
