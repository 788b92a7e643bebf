/**
 * One record of the log, byte for byte the same in segment files and on the wire.
 *
 *   offset  size  field (integers big endian)
 *        0     4  length of all that follows
 *        4     4  CRC32C over all that follows
 *        8     8  seq, from 1
 *       16     8  epoch
 *       24     8  time the primary stamped, milliseconds since 1970
 *       32    32  hash of the record before; zeros before the first
 *       64     1  type
 *       65     n  payload
 *
 * The hash of a record is SHA-256 over everything from `seq` on. Through `previous` it names all records before it. A
 * length of 0 is where a preallocated segment has not been written yet.
 */
import { hash } from 'node:crypto';
import { NetStoreError } from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';

export const RECORD_TYPES = { 'new-epoch': 1, operation: 2, checkpoint: 3, join: 4 } as const;
export type RecordType = keyof typeof RECORD_TYPES;

const HEADER_BYTES = 65;
const HASHED_FROM = 8;
/** One put of the largest manifest, and room for the rest of its fields. */
export const RECORD_BYTES_MAX = 4 * 1024 * 1024 - 4096;
export const RECORD_PAYLOAD_BYTES_MAX = RECORD_BYTES_MAX - HEADER_BYTES;
export const NO_HASH: Uint8Array = new Uint8Array(32);

export interface RecordDraft {
  readonly seq: number;
  readonly epoch: number;
  readonly timeMs: number;
  readonly previous: Uint8Array;
  readonly type: RecordType;
  readonly payload: Uint8Array;
}

export interface LogRecord extends RecordDraft {
  readonly hash: Uint8Array;
  /** The whole record as it is stored and sent. */
  readonly encoded: Uint8Array;
}

export function sealRecord(draft: RecordDraft): LogRecord {
  const encoded = Buffer.allocUnsafe(HEADER_BYTES + draft.payload.length);
  if (encoded.length > RECORD_BYTES_MAX) {
    throw new NetStoreError('NS_BODY_TOO_LARGE', `Record is too large: ${encoded.length} bytes, at most ${RECORD_BYTES_MAX}`);
  }
  encoded.writeUInt32BE(encoded.length - 4, 0);
  encoded.writeBigUInt64BE(BigInt(draft.seq), 8);
  encoded.writeBigUInt64BE(BigInt(draft.epoch), 16);
  encoded.writeBigUInt64BE(BigInt(draft.timeMs), 24);
  encoded.set(draft.previous, 32);
  encoded.writeUInt8(RECORD_TYPES[draft.type], 64);
  encoded.set(draft.payload, HEADER_BYTES);
  encoded.writeUInt32BE(crc32c(encoded.subarray(HASHED_FROM)), 4);
  return { ...draft, hash: hashOf(encoded), encoded };
}

function hashOf(encoded: Uint8Array): Uint8Array {
  return hash('sha256', encoded.subarray(HASHED_FROM), 'buffer');
}

/** What stands at `at`: a record, the unwritten rest of a segment, or bytes that are no whole record. */
export type Parsed =
  | { readonly kind: 'record'; readonly record: LogRecord; readonly end: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'damaged'; readonly reason: string };

const TYPE_NAMES = new Map<number, RecordType>(Object.entries(RECORD_TYPES).map(([name, number]) => [number, name as RecordType]));

/** Views into `bytes`, which must not change afterwards. Throws `NS_VERSION_UNSUPPORTED` on a whole record of unknown type. */
export function parseRecord(bytes: Buffer, at: number): Parsed {
  if (bytes.length - at < 4) return { kind: 'end' };
  const length = bytes.readUInt32BE(at);
  if (length === 0) return { kind: 'end' };
  const end = at + 4 + length;
  if (length < HEADER_BYTES - 4 || length > RECORD_BYTES_MAX) return { kind: 'damaged', reason: `length ${length} is out of range` };
  if (end > bytes.length) return { kind: 'damaged', reason: `${end - bytes.length} bytes are missing` };
  const encoded = bytes.subarray(at, end);
  const expected = encoded.readUInt32BE(4);
  const actual = crc32c(encoded.subarray(HASHED_FROM));
  if (expected !== actual) return { kind: 'damaged', reason: `checksum is ${actual}, expected ${expected}` };
  const type = TYPE_NAMES.get(encoded.readUInt8(64));
  if (type === undefined) {
    throw new NetStoreError(
      'NS_VERSION_UNSUPPORTED',
      `Log has a record of type ${encoded.readUInt8(64)}, which this program does not know: start a newer version of NetStore`,
    );
  }
  const record: LogRecord = {
    seq: Number(encoded.readBigUInt64BE(8)),
    epoch: Number(encoded.readBigUInt64BE(16)),
    timeMs: Number(encoded.readBigUInt64BE(24)),
    previous: encoded.subarray(32, 64),
    type,
    payload: encoded.subarray(HEADER_BYTES),
    hash: hashOf(encoded),
    encoded,
  };
  return { kind: 'record', record, end };
}

/** Whether nothing was written there: the rest of a segment behind its last record. */
export function isZeroFrom(bytes: Buffer, from: number): boolean {
  const rest = bytes.subarray(from);
  return rest.equals(Buffer.alloc(rest.length));
}

/** A run of whole records, as appends carry them. Throws `NS_FRAME_MALFORMED` when any of it is not. */
export function parseRecords(bytes: Uint8Array): LogRecord[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: LogRecord[] = [];
  let at = 0;
  while (at < buffer.length) {
    const parsed = parseRecord(buffer, at);
    if (parsed.kind !== 'record') {
      throw new NetStoreError(
        'NS_FRAME_MALFORMED',
        `Records are malformed at byte ${at}: ${parsed.kind === 'end' ? 'they end within a record' : parsed.reason}`,
      );
    }
    records.push(parsed.record);
    at = parsed.end;
  }
  return records;
}
