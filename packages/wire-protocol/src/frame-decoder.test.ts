import { NetStoreError } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import type { Frame } from './frame.ts';
import { FrameDecoder, HANDSHAKE_PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MAX } from './frame-decoder.ts';
import { encodeMessage, MESSAGES } from './message.ts';
import { LOG_APPEND_RECORDS_BYTES_MAX } from './messages/log.ts';
import { countingBytes, SAMPLE_BODIES } from './testing/sample-messages.ts';

/** Short frames of every sort: with a payload, without one that matters, DATA, an empty map. */
const FRAMES = [
  encodeMessage('GET_STATUS', SAMPLE_BODIES.GET_STATUS),
  encodeMessage('READ_BLOB_END', {}),
  encodeMessage('DATA', SAMPLE_BODIES.DATA),
  Buffer.from([0, 0, 0, 1, MESSAGES.ABANDONED.type]),
  encodeMessage('PROOF', SAMPLE_BODIES.PROOF),
];
const STREAM = Buffer.concat(FRAMES);

function header(length: number, type?: number): Buffer {
  const bytes = Buffer.alloc(type === undefined ? 4 : 5);
  bytes.writeUInt32BE(length, 0);
  if (type !== undefined) bytes.writeUInt8(type, 4);
  return bytes;
}

function decodeChunks(decoder: FrameDecoder, chunks: readonly Buffer[]): Frame[] {
  return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
}

function rejoin(frames: readonly Frame[]): Buffer[] {
  return frames.map(({ type, payload }) => Buffer.concat([header(payload.length + 1, type), payload]));
}

function errorOf(action: () => unknown): NetStoreError {
  try {
    action();
  } catch (error) {
    if (error instanceof NetStoreError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

describe('FrameDecoder', () => {
  test('gives the same frames for every split in two', () => {
    for (let at = 0; at <= STREAM.length; at += 1) {
      expect(rejoin(decodeChunks(new FrameDecoder(), [STREAM.subarray(0, at), STREAM.subarray(at)]))).toEqual(FRAMES);
    }
  });

  test('gives the same frames for every split in three', () => {
    for (let first = 0; first <= STREAM.length; first += 1) {
      for (let second = first; second <= STREAM.length; second += 3) {
        const chunks = [STREAM.subarray(0, first), STREAM.subarray(first, second), STREAM.subarray(second)];
        expect(decodeChunks(new FrameDecoder(), chunks)).toHaveLength(FRAMES.length);
      }
    }
  });

  test('gives the same frames in slices of any one length', () => {
    for (let length = 1; length <= STREAM.length; length += 1) {
      const chunks = Array.from({ length: Math.ceil(STREAM.length / length) }, (_, index) =>
        STREAM.subarray(index * length, (index + 1) * length),
      );
      expect(rejoin(decodeChunks(new FrameDecoder(), chunks))).toEqual(FRAMES);
    }
  });

  test('knows, wherever the stream is cut off, whether that is inside a frame', () => {
    const ends = new Set([0]);
    for (const frame of FRAMES) ends.add(Math.max(...ends) + frame.length);
    for (let at = 0; at <= STREAM.length; at += 1) {
      const decoder = new FrameDecoder();
      const frames = decodeChunks(decoder, [STREAM.subarray(0, at)]);
      expect(frames).toHaveLength([...ends].filter((end) => end > 0 && end <= at).length);
      expect(decoder.isInsideFrame).toBe(!ends.has(at));
    }
  });

  test('tells after each frame how much of the chunk is left', () => {
    const decoder = new FrameDecoder();
    let left = STREAM.length;
    for (const frame of decoder.push(STREAM)) {
      left -= frame.payload.length + 5;
      expect(decoder.unreadBytes).toBe(left);
    }
    expect(left).toBe(0);
  });

  test('shares no memory with the chunks it was given', () => {
    const chunk = Buffer.from(STREAM);
    const frames = [...new FrameDecoder().push(chunk)];
    chunk.fill(0);
    expect(rejoin(frames)).toEqual(FRAMES);
  });

  test('keeps neighbouring payloads apart though they share a slab', () => {
    const frames = Array.from({ length: 40 }, (_, index) =>
      encodeMessage('DATA', { chunkIndex: index, crc: index, bytes: countingBytes(65_536, index) }),
    );
    const stream = Buffer.concat(frames);
    const chunks = Array.from({ length: Math.ceil(stream.length / 65_536) }, (_, index) =>
      stream.subarray(index * 65_536, (index + 1) * 65_536),
    );
    expect(rejoin(decodeChunks(new FrameDecoder(), chunks)).every((frame, index) => frame.equals(frames[index] ?? Buffer.alloc(0)))).toBe(
      true,
    );
  });

  test('takes the longest frame of all, and costs time in proportion to its length when it comes byte by byte', () => {
    const body = { ...SAMPLE_BODIES.LOG_APPEND, records: new Uint8Array(LOG_APPEND_RECORDS_BYTES_MAX) };
    const frame = encodeMessage('LOG_APPEND', body);
    expect(decodeChunks(new FrameDecoder(), [frame])).toHaveLength(1);
    const decoder = new FrameDecoder();
    const slices = Array.from({ length: Math.ceil(frame.length / 16) }, (_, index) => frame.subarray(index * 16, (index + 1) * 16));
    expect(decodeChunks(decoder, slices)).toHaveLength(1);
  });
});

describe('FrameDecoder refuses by the header alone', () => {
  test.each([
    ['a length of nothing', header(0), 'NS_FRAME_MALFORMED'],
    ['a length above every limit', header(PAYLOAD_BYTES_MAX + 2), 'NS_FRAME_TOO_LARGE'],
    ['the greatest length', header(0xffffffff), 'NS_FRAME_TOO_LARGE'],
    ['an unknown type', header(1, 0xee), 'NS_MESSAGE_UNKNOWN'],
    ['an unknown type with the greatest legal length', header(PAYLOAD_BYTES_MAX + 1, 0), 'NS_MESSAGE_UNKNOWN'],
    ['a frame longer than its type allows', header(MESSAGES.PROOF.payloadBytesMax + 2, MESSAGES.PROOF.type), 'NS_FRAME_TOO_LARGE'],
    ['a chunk longer than a chunk', header(MESSAGES.DATA.payloadBytesMax + 2, MESSAGES.DATA.type), 'NS_FRAME_TOO_LARGE'],
  ])('%s', (_what, bytes, code) => {
    expect(errorOf(() => decodeChunks(new FrameDecoder(), [bytes])).code).toBe(code);
    const oneByOne = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
    expect(errorOf(() => decodeChunks(new FrameDecoder(), oneByOne)).code).toBe(code);
  });

  test('a frame of exactly the longest length of its type is not refused', () => {
    for (const { type, payloadBytesMax } of Object.values(MESSAGES)) {
      const decoder = new FrameDecoder();
      expect(decodeChunks(decoder, [header(payloadBytesMax + 1, type)])).toEqual([]);
      expect(decoder.isInsideFrame).toBe(true);
    }
  });

  test('a long frame until the handshake is done, and the error names the limit', () => {
    const decoder = new FrameDecoder({ payloadBytesMax: HANDSHAKE_PAYLOAD_BYTES_MAX });
    const long = header(HANDSHAKE_PAYLOAD_BYTES_MAX + 2, MESSAGES.COMMIT.type);
    expect(errorOf(() => decodeChunks(decoder, [long])).message).toMatch(/at most 4096 bytes.*got 4097/);
    const later = new FrameDecoder({ payloadBytesMax: HANDSHAKE_PAYLOAD_BYTES_MAX });
    later.payloadBytesMax = PAYLOAD_BYTES_MAX;
    expect(decodeChunks(later, [long])).toEqual([]);
  });

  test('a limit that is raised while a chunk is decoded holds for the rest of the chunk', () => {
    const decoder = new FrameDecoder({ payloadBytesMax: 64 });
    const proof = encodeMessage('PROOF', SAMPLE_BODIES.PROOF);
    const frames = decoder.push(Buffer.concat([proof, encodeMessage('HELLO', SAMPLE_BODIES.HELLO)]));
    expect(frames.next().value?.type).toBe(MESSAGES.PROOF.type);
    decoder.payloadBytesMax = PAYLOAD_BYTES_MAX;
    expect(frames.next().value?.type).toBe(MESSAGES.HELLO.type);
  });
});
