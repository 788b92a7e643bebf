/**
 * Handshake: the first exchange on every connection. Each side proves that it knows the cluster key before it believes
 * anything the other says.
 *
 *   client → HELLO → server · CHALLENGE ← · PROOF → · WELCOME ←, or FAILURE ← in place of any answer
 *
 *   transcript = SHA-256(payload of HELLO · payload of CHALLENGE)
 *   PROOF.mac   = HMAC-SHA-256(cluster key, "netstore client" · transcript)
 *   WELCOME.mac = HMAC-SHA-256(cluster key, "netstore server" · transcript)
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Bytes, ClusterIdField, Hash, IncarnationField, message, NodeIdField, nullable } from './fields.ts';

/** `operator`: a person at the command line who has the cluster key. */
export const Role = Type.Union([Type.Literal('gateway'), Type.Literal('node'), Type.Literal('operator')]);
export type Role = Static<typeof Role>;

/** What the connection is for. `control` and `log` are between nodes only. */
export const Channel = Type.Union([Type.Literal('conversation'), Type.Literal('control'), Type.Literal('log')]);
export type Channel = Static<typeof Channel>;

const Nonce = Bytes(32, 32);
const ProtocolVersion = Type.Integer({ minimum: 1, maximum: 65_535 });

export const Hello = message({
  protocolMin: ProtocolVersion,
  protocolMax: ProtocolVersion,
  role: Role,
  channel: Channel,
  /** Null for a gateway and an operator. */
  nodeId: nullable(NodeIdField),
  /** Null while the sender does not know it: a blank node, or a gateway that has just started. */
  clusterId: nullable(ClusterIdField),
  incarnation: nullable(IncarnationField),
  nonce: Nonce,
});
export type Hello = Static<typeof Hello>;

export const Challenge = message({
  /** The highest version that both sides speak. */
  protocol: ProtocolVersion,
  nodeId: NodeIdField,
  clusterId: nullable(ClusterIdField),
  incarnation: nullable(IncarnationField),
  nonce: Nonce,
});
export type Challenge = Static<typeof Challenge>;

export const Proof = message({ mac: Hash });
export type Proof = Static<typeof Proof>;

export const Welcome = message({ mac: Hash });
export type Welcome = Static<typeof Welcome>;

export const HANDSHAKE_MESSAGES = {
  HELLO: {
    type: 0x01,
    schema: Hello,
    payloadBytesMax: 4 * KIB,
    source: ['client'],
    target: ['server'],
    purpose: 'Says who connects, for which channel, and which versions it speaks.',
  },
  CHALLENGE: {
    type: 0x02,
    schema: Challenge,
    payloadBytesMax: 4 * KIB,
    source: ['server'],
    target: ['client'],
    purpose: 'Says who answers and which version is spoken, and asks for the proof.',
  },
  PROOF: {
    type: 0x03,
    schema: Proof,
    payloadBytesMax: 4 * KIB,
    source: ['client'],
    target: ['server'],
    purpose: 'Proves that the client knows the cluster key.',
  },
  WELCOME: {
    type: 0x04,
    schema: Welcome,
    payloadBytesMax: 4 * KIB,
    source: ['server'],
    target: ['client'],
    purpose: 'Proves that the server knows the cluster key; conversations may begin.',
  },
} as const satisfies Record<string, MessageDefinition>;
