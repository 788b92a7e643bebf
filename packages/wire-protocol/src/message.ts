/**
 * Every message of the protocol in one table, and the way from a frame to a message and back. A frame of a type that is
 * not in the table is refused, and so is a payload that is longer than its type allows.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { Static, TSchema } from 'typebox';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { FRAME_HEADER_BYTES, type Frame, writeFrameHeader } from './frame.ts';
import type { MessageDefinition } from './message-definition.ts';
import { ABANDON_MESSAGES } from './messages/abandon.ts';
import { COMMIT_MESSAGES } from './messages/commit.ts';
import { type Chunk, DATA_HEADER_BYTES, DATA_MESSAGES, decodeChunk } from './messages/data.ts';
import { ENTRY_MESSAGES } from './messages/entry.ts';
import { FAILURE_MESSAGES } from './messages/failure.ts';
import { FAULT_MESSAGES } from './messages/faults.ts';
import { HANDSHAKE_MESSAGES } from './messages/handshake.ts';
import { HEARTBEAT_MESSAGES } from './messages/heartbeat.ts';
import { LOG_MESSAGES } from './messages/log.ts';
import { MEMBERSHIP_MESSAGES } from './messages/membership.ts';
import { OPERATE_MESSAGES } from './messages/operate.ts';
import { PUT_BLOB_MESSAGES } from './messages/put-blob.ts';
import { READ_BLOB_MESSAGES } from './messages/read-blob.ts';
import { SCRUB_MESSAGES } from './messages/scrub.ts';
import { SNAPSHOT_MESSAGES } from './messages/snapshot.ts';
import { STAGED_MESSAGES } from './messages/staged.ts';
import { STATUS_MESSAGES } from './messages/status.ts';
import { TRASH_MESSAGES } from './messages/trash.ts';
import { USAGE_MESSAGES } from './messages/usage.ts';

/** The high half of the type byte is the group. */
export const MESSAGES = {
  ...HANDSHAKE_MESSAGES,
  ...FAILURE_MESSAGES,
  ...PUT_BLOB_MESSAGES,
  ...DATA_MESSAGES,
  ...READ_BLOB_MESSAGES,
  ...COMMIT_MESSAGES,
  ...ABANDON_MESSAGES,
  ...STAGED_MESSAGES,
  ...ENTRY_MESSAGES,
  ...TRASH_MESSAGES,
  ...USAGE_MESSAGES,
  ...STATUS_MESSAGES,
  ...MEMBERSHIP_MESSAGES,
  ...HEARTBEAT_MESSAGES,
  ...LOG_MESSAGES,
  ...SNAPSHOT_MESSAGES,
  ...OPERATE_MESSAGES,
  ...SCRUB_MESSAGES,
  ...FAULT_MESSAGES,
} as const satisfies Record<string, MessageDefinition>;

export type MessageName = keyof typeof MESSAGES;

type BodyOf<Schema> = Schema extends TSchema ? Static<Schema> : Chunk;
export type MessageBody<Name extends MessageName> = BodyOf<(typeof MESSAGES)[Name]['schema']>;

/** A decoded message, told apart by its name. */
export type Incoming = {
  [Name in MessageName]: {
    readonly name: Name;
    readonly body: MessageBody<Name>;
  };
}[MessageName];

const nameOfType = new Map<number, MessageName>();
for (const [name, { type }] of Object.entries(MESSAGES)) nameOfType.set(type, name as MessageName);

/** Throws `NS_MESSAGE_UNKNOWN`. */
export function messageNameOf(type: number): MessageName {
  const name = nameOfType.get(type);
  if (name === undefined)
    throw new NetStoreError('NS_MESSAGE_UNKNOWN', `Message type is unknown: got 0x${type.toString(16).padStart(2, '0')}`);
  return name;
}

/** The whole frame. Throws `NS_INTERNAL` naming the field when the body breaks the schema of the message. */
export function encodeMessage<Name extends MessageName>(name: Name, body: MessageBody<Name>): Buffer {
  const { type, schema, payloadBytesMax } = MESSAGES[name] as MessageDefinition;
  if (schema === null) {
    const chunk = body as Chunk;
    return Buffer.concat([encodeDataHeader(chunk), chunk.bytes]);
  }
  const payload = encodeCbor(schema, body);
  if (payload.length > payloadBytesMax) {
    throw new NetStoreError('NS_INTERNAL', `${name} is too long: at most ${payloadBytesMax} bytes, got ${payload.length}`);
  }
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(frame, type, payload.length);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** What comes before the chunk's bytes in a DATA frame, so that the bytes can be written from where they are. */
export function encodeDataHeader({ chunkIndex, crc, bytes }: Chunk): Buffer {
  const { type, payloadBytesMax } = MESSAGES.DATA;
  const payloadBytes = DATA_HEADER_BYTES + bytes.length;
  if (bytes.length === 0 || payloadBytes > payloadBytesMax) {
    throw new NetStoreError(
      'NS_INTERNAL',
      `Chunk length is out of range: expected 1 to ${payloadBytesMax - DATA_HEADER_BYTES}, got ${bytes.length}`,
    );
  }
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES + DATA_HEADER_BYTES);
  writeFrameHeader(header, type, payloadBytes);
  header.writeUInt32BE(chunkIndex, FRAME_HEADER_BYTES);
  header.writeUInt32BE(crc, FRAME_HEADER_BYTES + 4);
  return header;
}

/**
 * The bytes of DATA are a view into the frame's payload; all else is copied. Throws `NS_MESSAGE_UNKNOWN` and
 * `NS_FRAME_MALFORMED`, naming the message and the field.
 */
export function decodeMessage(frame: Frame): Incoming {
  const name = messageNameOf(frame.type);
  const { schema } = MESSAGES[name] as MessageDefinition;
  if (schema === null) return { name: 'DATA', body: decodeChunk(frame.payload) };
  try {
    return { name, body: decodeCbor(schema, frame.payload) } as Incoming;
  } catch (error) {
    if (!(error instanceof NetStoreError)) throw error;
    throw new NetStoreError(error.code, `${name}: ${error.message}`, {
      cause: error.cause,
    });
  }
}
