/**
 * DATA: one chunk of a blob and its checksum. The only frame that is not CBOR, since all bytes of all files pass through it.
 *
 *   offset  size  field
 *        0     4  chunk index, big endian, from 0
 *        4     4  CRC32C, big endian, over blob id (16) · chunk index (4) · bytes
 *        8     n  the bytes: 64 KiB, fewer in the last chunk; room for a 16-byte tag when chunks are encrypted
 *
 * The checksum is computed once, where the bytes enter the cluster, and travels with them to the disk and back.
 */
import { NetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES, CHUNK_TAG_BYTES } from '../manifest.ts';
import type { MessageDefinition } from '../message-definition.ts';

/** What comes before the bytes in the payload. */
export const DATA_HEADER_BYTES = 8;
export const DATA_PAYLOAD_BYTES_MAX = DATA_HEADER_BYTES + CHUNK_BYTES + CHUNK_TAG_BYTES;

export interface Chunk {
  readonly chunkIndex: number;
  readonly crc: number;
  /** At least one. */
  readonly bytes: Uint8Array;
}

/** The bytes are a view into `payload`. Throws `NS_FRAME_MALFORMED` when the payload has no byte of the chunk. */
export function decodeChunk(payload: Buffer): Chunk {
  if (payload.length <= DATA_HEADER_BYTES) {
    throw new NetStoreError(
      'NS_FRAME_MALFORMED',
      `DATA is too short: expected more than ${DATA_HEADER_BYTES} bytes, got ${payload.length}`,
    );
  }
  return {
    chunkIndex: payload.readUInt32BE(0),
    crc: payload.readUInt32BE(4),
    bytes: payload.subarray(DATA_HEADER_BYTES),
  };
}

export const DATA_MESSAGES = {
  DATA: {
    type: 0x11,
    schema: null,
    payloadBytesMax: DATA_PAYLOAD_BYTES_MAX,
    source: ['gateway', 'primary', 'node'],
    target: ['primary', 'secondary', 'gateway', 'node'],
    purpose: 'Carries one chunk of a blob and its checksum.',
  },
} as const satisfies Record<string, MessageDefinition>;
