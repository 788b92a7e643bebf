/**
 * The handshake (`messages/handshake.ts` of wire-protocol), both sides. Nothing that a peer says is believed, and none
 * of its frames may be long, before it has proven that it knows the cluster key. Whoever refuses says why and closes.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ClusterId, type ErrorCode, type Incarnation, NetStoreError, type NodeId } from '@netstore/shared-types';
import {
  type Channel,
  decodeMessage,
  encodeMessage,
  FRAME_HEADER_BYTES,
  isChannelLegal,
  type MessageBody,
  type MessageName,
  negotiateVersion,
  PAYLOAD_BYTES_MAX,
  PROTOCOL_VERSION_MAX,
  PROTOCOL_VERSION_MIN,
  type Role,
} from '@netstore/wire-protocol';
import type { FrameSocket } from './frame-socket.ts';
import { refuse } from './refuse.ts';

export const HANDSHAKE_TIMEOUT_MS = 5_000;
const NONCE_BYTES = 32;

/** What a side says of itself. A node's ids are null while it is blank; a gateway has neither node id nor incarnation. */
export interface Identification {
  readonly nodeId: NodeId | null;
  readonly clusterId: ClusterId | null;
  readonly incarnation: Incarnation | null;
}

export interface ServerIdentification extends Identification {
  readonly nodeId: NodeId;
}

export interface ClientIdentification extends Identification {
  readonly role: Role;
}

export interface Expectation {
  readonly nodeId?: NodeId | undefined;
  /** A server that says it belongs to none is refused, too. */
  readonly clusterId?: ClusterId | undefined;
}

/** What is known of the other side, once it has proven itself. */
export interface ProvenPeer extends Identification {
  readonly role: Role;
  /** What the connection is for, whoever opened it. */
  readonly channel: Channel;
  readonly protocol: number;
}

interface HandshakeOptions {
  readonly key: Buffer;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ClientHandshakeOptions extends HandshakeOptions {
  readonly self: ClientIdentification;
  readonly channel: Channel;
  readonly expect?: Expectation | undefined;
}

export interface ServerHandshakeOptions extends HandshakeOptions {
  readonly self: ServerIdentification;
}

/** What a stranger may make this side believe went wrong. Every other code counts as a lost connection. */
const REFUSAL_CODES: ReadonlySet<ErrorCode> = new Set([
  'NS_BUSY',
  'NS_FRAME_MALFORMED',
  'NS_FRAME_TOO_LARGE',
  'NS_MESSAGE_UNEXPECTED',
  'NS_MESSAGE_UNKNOWN',
  'NS_VERSION_UNSUPPORTED',
  'NS_WRONG_CLUSTER',
  'NS_WRONG_CLUSTER_KEY',
]);

/** The opening side. Throws what was refused, by either side; the socket is ended then. */
export function shakeHandsAsClient(socket: FrameSocket, options: ClientHandshakeOptions): Promise<ProvenPeer> {
  return refusing(socket, () => proveToServer(socket, options));
}

/** The accepting side. Throws what was refused, by either side; the socket is ended then. */
export function shakeHandsAsServer(socket: FrameSocket, options: ServerHandshakeOptions): Promise<ProvenPeer> {
  return refusing(socket, () => proveToClient(socket, options));
}

async function refusing(socket: FrameSocket, shakeHands: () => Promise<ProvenPeer>): Promise<ProvenPeer> {
  try {
    const peer = await shakeHands();
    socket.allowLongFrames(PAYLOAD_BYTES_MAX);
    return peer;
  } catch (error) {
    throw refuse(socket, error);
  }
}

async function proveToServer(socket: FrameSocket, options: ClientHandshakeOptions): Promise<ProvenPeer> {
  const { self, channel, key } = options;
  const hello = encodeMessage('HELLO', {
    protocolMin: PROTOCOL_VERSION_MIN,
    protocolMax: PROTOCOL_VERSION_MAX,
    role: self.role,
    channel,
    nodeId: self.nodeId,
    clusterId: self.clusterId,
    incarnation: self.incarnation,
    nonce: randomBytes(NONCE_BYTES),
  });
  const read = reader(socket, options);
  await socket.write([hello], options.signal);
  const { body: challenge, payload } = await read('CHALLENGE');
  negotiateVersion({ min: challenge.protocol, max: challenge.protocol });
  const proofs = proofsOf(key, hello.subarray(FRAME_HEADER_BYTES), payload);
  await socket.write([encodeMessage('PROOF', { mac: proofs.client })], options.signal);
  const { body: welcome } = await read('WELCOME');
  checkProof(proofs.server, welcome.mac, socket);
  checkServer(challenge, options);
  const { nodeId, clusterId, incarnation, protocol } = challenge;
  return { role: 'node', channel, nodeId, clusterId, incarnation, protocol };
}

async function proveToClient(socket: FrameSocket, options: ServerHandshakeOptions): Promise<ProvenPeer> {
  const { self, key } = options;
  const read = reader(socket, options);
  const { body: hello, payload } = await read('HELLO');
  const protocol = negotiateVersion({ min: hello.protocolMin, max: hello.protocolMax });
  const challenge = encodeMessage('CHALLENGE', {
    protocol,
    nodeId: self.nodeId,
    clusterId: self.clusterId,
    incarnation: self.incarnation,
    nonce: randomBytes(NONCE_BYTES),
  });
  const proofs = proofsOf(key, payload, challenge.subarray(FRAME_HEADER_BYTES));
  await socket.write([challenge], options.signal);
  const { body: proof } = await read('PROOF');
  checkProof(proofs.client, proof.mac, socket);
  checkClient(hello, self);
  await socket.write([encodeMessage('WELCOME', { mac: proofs.server })], options.signal);
  const { role, channel, nodeId, clusterId, incarnation } = hello;
  return { role, channel, nodeId, clusterId, incarnation, protocol };
}

type Read = <Name extends MessageName>(name: Name) => Promise<{ readonly body: MessageBody<Name>; readonly payload: Buffer }>;

/** Reads the messages of one handshake; all of them together have one deadline. */
function reader(socket: FrameSocket, { timeoutMs, signal }: HandshakeOptions): Read {
  const deadline = performance.now() + timeoutMs;
  return async <Name extends MessageName>(name: Name) => {
    const frame = await socket.read({ timeoutMs: Math.max(1, deadline - performance.now()), signal });
    const message = decodeMessage(frame);
    if (message.name === 'FAILURE') throw refusedBy(socket, message.body);
    if (message.name !== name)
      throw new NetStoreError('NS_MESSAGE_UNEXPECTED', `Message is unexpected: expected ${name}, got ${message.name}`);
    return { body: message.body as MessageBody<Name>, payload: frame.payload };
  };
}

/** Ends the socket: there is no point in telling the peer what it said itself. */
function refusedBy(socket: FrameSocket, { code, message }: MessageBody<'FAILURE'>): NetStoreError {
  const known = REFUSAL_CODES.has(code) ? code : 'NS_CONNECTION_LOST';
  const refusal = new NetStoreError(known, `Refused by ${socket.address}: ${message}`);
  socket.destroy(refusal);
  return refusal;
}

interface Proofs {
  readonly client: Buffer;
  readonly server: Buffer;
}

function proofsOf(key: Buffer, helloPayload: Uint8Array, challengePayload: Uint8Array): Proofs {
  const transcript = createHash('sha256').update(helloPayload).update(challengePayload).digest();
  const proofOf = (side: string): Buffer => createHmac('sha256', key).update(`netstore ${side}`).update(transcript).digest();
  return { client: proofOf('client'), server: proofOf('server') };
}

function checkProof(expected: Buffer, actual: Uint8Array, socket: FrameSocket): void {
  if (timingSafeEqual(expected, actual)) return;
  throw new NetStoreError('NS_WRONG_CLUSTER_KEY', `Cluster keys differ: the proof of ${socket.address} is not by this side's key`);
}

function checkClient(hello: MessageBody<'HELLO'>, self: ServerIdentification): void {
  const { role, channel, nodeId } = hello;
  if (!isChannelLegal({ role, channel })) {
    throw new NetStoreError('NS_MESSAGE_UNEXPECTED', `Channel is not legal for the role: a ${role} asked for ${channel}`);
  }
  if ((role === 'node') !== (nodeId !== null)) {
    throw new NetStoreError('NS_FRAME_MALFORMED', `HELLO: a node has a node id and a gateway has none: got ${nodeId} from a ${role}`);
  }
  checkClusters(self.clusterId, hello.clusterId);
}

function checkServer(challenge: MessageBody<'CHALLENGE'>, { self, expect }: ClientHandshakeOptions): void {
  checkClusters(self.clusterId, challenge.clusterId);
  if (expect?.clusterId !== undefined && expect.clusterId !== challenge.clusterId) {
    throw new NetStoreError(
      'NS_WRONG_CLUSTER',
      `Peer is of another cluster: expected ${expect.clusterId}, got ${challenge.clusterId ?? 'none'}`,
    );
  }
  if (expect?.nodeId !== undefined && expect.nodeId !== challenge.nodeId) {
    throw new NetStoreError('NS_WRONG_NODE', `Peer is another node: expected ${expect.nodeId}, got ${challenge.nodeId}`);
  }
}

/** A side that belongs to no cluster yet may speak with any. */
function checkClusters(own: ClusterId | null, peers: ClusterId | null): void {
  if (own === null || peers === null || own === peers) return;
  throw new NetStoreError('NS_WRONG_CLUSTER', `Peer is of another cluster: expected ${own}, got ${peers}`);
}
