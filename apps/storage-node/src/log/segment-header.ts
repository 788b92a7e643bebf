/**
 * What a segment file opens with.
 *
 *   offset  size  field (integers big endian)
 *        0     8  "NSLOGSEG"
 *        8     4  format version, 1
 *       12     8  seq of the first record
 *       20    32  hash of the record before it; zeros before the first record of all
 *       52     4  CRC32C over bytes 0 to 51
 *       56     8  zeros
 *       64        records, one after the other (record.ts), none reaching into the next file; then zeros to the end of the file
 *
 * The file is named after the seq of its first record, 16 hex digits and `.log`, so that names sort as records do.
 */

import { NetStoreError } from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';

export const SEGMENT_HEADER_BYTES = 64;
const MAGIC = 'NSLOGSEG';
const FORMAT_VERSION = 1;
const CRC_AT = 52;
const SEGMENT_NAME = /^([0-9a-f]{16})\.log$/;

export interface SegmentHeader {
  readonly firstSeq: number;
  readonly previous: Uint8Array;
}

export function segmentName(firstSeq: number): string {
  return `${firstSeq.toString(16).padStart(16, '0')}.log`;
}

/** By the name of a segment. */
export function firstSeqOf(name: string): number {
  return Number.parseInt(name, 16);
}

/** Whether the file is a segment, by its name. */
export function isSegmentName(name: string): boolean {
  return SEGMENT_NAME.test(name);
}

export function encodeSegmentHeader({ firstSeq, previous }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32BE(FORMAT_VERSION, 8);
  bytes.writeBigUInt64BE(BigInt(firstSeq), 12);
  bytes.set(previous, 20);
  bytes.writeUInt32BE(crc32c(bytes.subarray(0, CRC_AT)), CRC_AT);
  return bytes;
}

/** Undefined when the bytes are no whole header. Throws `NS_VERSION_UNSUPPORTED` on one that a newer program wrote. */
export function parseSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
  if (bytes.readUInt32BE(CRC_AT) !== crc32c(bytes.subarray(0, CRC_AT))) return undefined;
  const version = bytes.readUInt32BE(8);
  if (version !== FORMAT_VERSION) {
    throw new NetStoreError(
      'NS_VERSION_UNSUPPORTED',
      `Log segment has format ${version}, this program knows ${FORMAT_VERSION}: start a newer version of NetStore`,
    );
  }
  return { firstSeq: Number(bytes.readBigUInt64BE(12)), previous: Buffer.from(bytes.subarray(20, CRC_AT)) };
}
