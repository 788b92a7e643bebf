import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { NetStoreError } from '@netstore/shared-types';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { CBOR_DEPTH_MAX, CBOR_ITEMS_MAX } from './cbor.ts';
import { FRAME_HEADER_BYTES } from './frame.ts';
import { FrameDecoder, PAYLOAD_BYTES_MAX } from './frame-decoder.ts';
import {
  decodeMessage,
  encodeDataHeader,
  encodeMessage,
  type Incoming,
  MESSAGES,
  type MessageBody,
  type MessageName,
  messageNameOf,
} from './message.ts';
import { arbitraryOf } from './testing/arbitrary-of.ts';
import { boundsOf } from './testing/bounds-of.ts';
import { countingBytes, SAMPLE_BODIES } from './testing/sample-messages.ts';

const NAMES = Object.keys(MESSAGES) as MessageName[];
const CBOR_MESSAGES = NAMES.flatMap((name) => {
  const schema: TSchema | null = MESSAGES[name].schema;
  return schema === null ? [] : [{ name, schema }];
});

/** One line for each message: its name and the hex of one frame. Written anew with `UPDATE=1`. */
const GOLDEN_FILE = new URL('./golden/version-1.txt', import.meta.url);

function encodeAny(name: MessageName, body: unknown): Buffer {
  return encodeMessage(name, body as MessageBody<MessageName>);
}

function decodeFrame(frame: Buffer): Incoming {
  return decodeMessage({ type: frame.readUInt8(4), payload: frame.subarray(FRAME_HEADER_BYTES) });
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof NetStoreError) return error.code;
    throw error;
  }
  return 'no error';
}

function readGolden(): Map<string, string> {
  if (process.env.UPDATE === '1') {
    const lines = NAMES.map((name) => `${name} ${encodeAny(name, SAMPLE_BODIES[name]).toString('hex')}\n`);
    writeFileSync(GOLDEN_FILE, lines.join(''));
  }
  if (!existsSync(GOLDEN_FILE)) throw new Error('golden/version-1.txt is missing: run with UPDATE=1 and read what it wrote');
  const lines = readFileSync(GOLDEN_FILE, 'utf8').trimEnd().split('\n');
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

describe('golden bytes', () => {
  const golden = readGolden();

  test('there are some for every message and for nothing else', () => {
    expect([...golden.keys()]).toEqual(NAMES);
  });

  test.each(NAMES)('%s is encoded to them and decoded from them', (name) => {
    const hex = golden.get(name) ?? '';
    expect(encodeAny(name, SAMPLE_BODIES[name]).toString('hex')).toBe(hex);
    expect(decodeFrame(Buffer.from(hex, 'hex'))).toEqual({ name, body: SAMPLE_BODIES[name] });
  });
});

describe('the table of messages', () => {
  test('no type byte is used twice', () => {
    expect(new Set(NAMES.map((name) => MESSAGES[name].type)).size).toBe(NAMES.length);
    for (const name of NAMES) expect(messageNameOf(MESSAGES[name].type)).toBe(name);
  });

  test.each(CBOR_MESSAGES)('the longest $name fits its limit, and the limit is not far above it', ({ name, schema }) => {
    const { bytes, items, depth } = boundsOf(schema);
    expect(bytes).toBeLessThanOrEqual(MESSAGES[name].payloadBytesMax);
    expect(MESSAGES[name].payloadBytesMax).toBeLessThanOrEqual(Math.max(4096, 4 * bytes));
    expect(items).toBeLessThanOrEqual(CBOR_ITEMS_MAX);
    expect(depth).toBeLessThanOrEqual(CBOR_DEPTH_MAX);
  });

  test('a type byte that is in no table is refused', () => {
    expect(codeOf(() => messageNameOf(0x00))).toBe('NS_MESSAGE_UNKNOWN');
    expect(codeOf(() => decodeMessage({ type: 0xff, payload: Buffer.alloc(0) }))).toBe('NS_MESSAGE_UNKNOWN');
  });
});

describe('encodeMessage and decodeMessage', () => {
  test.each(CBOR_MESSAGES)('any $name comes back as it was', ({ name, schema }) => {
    fc.assert(
      fc.property(arbitraryOf(schema), (body) => {
        expect(decodeFrame(encodeAny(name, body))).toEqual({ name, body });
      }),
      { numRuns: 50 },
    );
  });

  test.each(NAMES)('%s cut short anywhere is malformed', (name) => {
    const frame = encodeAny(name, SAMPLE_BODIES[name]);
    // A shorter chunk is a chunk: of DATA only the head can be missing.
    const end = name === 'DATA' ? FRAME_HEADER_BYTES + 9 : frame.length;
    for (let length = FRAME_HEADER_BYTES; length < end; length += 1) {
      expect(codeOf(() => decodeFrame(frame.subarray(0, length)))).toBe('NS_FRAME_MALFORMED');
    }
  });

  test.each(CBOR_MESSAGES)('$name with a field too many is malformed, and one with a field too few', ({ name }) => {
    const body = SAMPLE_BODIES[name];
    expect(codeOf(() => encodeAny(name, { ...body, surplus: 1 }))).toBe('NS_INTERNAL');
    for (const field of Object.keys(body)) {
      const { [field]: _removed, ...rest } = body as Record<string, unknown>;
      expect(codeOf(() => encodeAny(name, rest))).toBe('NS_INTERNAL');
    }
  });

  test('a malformed message is refused by its name and field', () => {
    const frame = encodeMessage('GET_STATUS', { requestId: 'x'.repeat(64) });
    const tooLong = Buffer.from(`${frame.toString('hex').replace('7840', '7841')}78`, 'hex');
    expect(() => decodeFrame(tooLong)).toThrow(/GET_STATUS.*requestId.*64/);
  });

  test('a DATA frame is its header and the bytes, and the bytes are not copied when it is decoded', () => {
    const chunk = { chunkIndex: 0xffffffff, crc: 0x80000001, bytes: countingBytes(65_536) };
    const frame = encodeMessage('DATA', chunk);
    expect(Buffer.concat([encodeDataHeader(chunk), chunk.bytes])).toEqual(frame);
    const { body } = decodeFrame(frame) as { body: typeof chunk };
    expect(body).toEqual(chunk);
    expect(body.bytes.buffer).toBe(frame.buffer);
  });

  test('a chunk of no bytes or of too many is never sent', () => {
    for (const length of [0, 65_536 + 17]) {
      expect(codeOf(() => encodeDataHeader({ chunkIndex: 0, crc: 0, bytes: Buffer.alloc(length) }))).toBe('NS_INTERNAL');
    }
  });
});

describe('whatever bytes come', () => {
  function decodeAll(bytes: Buffer): Incoming[] {
    const messages: Incoming[] = [];
    for (const frame of new FrameDecoder().push(bytes)) messages.push(decodeMessage(frame));
    return messages;
  }

  function expectTypedErrorOrNothing(bytes: Buffer): void {
    expect(['no error', 'NS_FRAME_MALFORMED', 'NS_FRAME_TOO_LARGE', 'NS_MESSAGE_UNKNOWN']).toContain(codeOf(() => decodeAll(bytes)));
  }

  test('random bytes give messages or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => expectTypedErrorOrNothing(Buffer.from(bytes))),
      { numRuns: 2000 },
    );
  });

  test('random payloads of known types give messages or a typed error', () => {
    const anyFrame = fc.tuple(fc.constantFrom(...NAMES), fc.uint8Array({ maxLength: 1024 }));
    const property = fc.property(anyFrame, ([name, payload]) => {
      const frame = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
      frame.writeUInt32BE(payload.length + 1, 0);
      frame.writeUInt8(MESSAGES[name].type, 4);
      frame.set(payload, FRAME_HEADER_BYTES);
      expectTypedErrorOrNothing(frame);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test('good messages with some bytes changed give messages or a typed error', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    const property = fc.property(fc.constantFrom(...NAMES), fc.array(change, { minLength: 1, maxLength: 4 }), (name, changes) => {
      const frame = encodeAny(name, SAMPLE_BODIES[name]);
      for (const [at, value] of changes) frame.writeUInt8(value, at % frame.length);
      expectTypedErrorOrNothing(frame);
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test('the longest payload unfolds to little more memory than its own length', () => {
    const payload = Buffer.alloc(PAYLOAD_BYTES_MAX, 0x80);
    payload.set([0x9a, 0x00, 0x5f, 0xff, 0x00]);
    const before = process.memoryUsage().heapUsed;
    expect(codeOf(() => decodeMessage({ type: MESSAGES.ENTRIES.type, payload }))).toBe('NS_FRAME_MALFORMED');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1024 * 1024);
  });
});
