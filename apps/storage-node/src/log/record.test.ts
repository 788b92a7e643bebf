import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_HASH, parseRecord, parseRecords, RECORD_BYTES_MAX, type RecordDraft, sealRecord } from './record.ts';
import { recordChain } from './testing/record-chain.ts';

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const draft: fc.Arbitrary<RecordDraft> = fc.record({
  seq: count,
  epoch: count,
  timeMs: count,
  previous: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  type: fc.constantFrom('new-epoch' as const, 'operation' as const),
  payload: fc.uint8Array({ maxLength: 300 }),
});

describe('a record', () => {
  test('has these bytes', () => {
    const record = sealRecord({ seq: 1, epoch: 2, timeMs: 3, previous: NO_HASH, type: 'operation', payload: Buffer.from('payload') });
    expect(Buffer.from(record.encoded).toString('hex')).toMatchInlineSnapshot(
      `"00000044e2733d470000000000000001000000000000000200000000000000030000000000000000000000000000000000000000000000000000000000000000027061796c6f6164"`,
    );
    expect(Buffer.from(record.hash).toString('hex')).toMatchInlineSnapshot(
      `"1618e5347af8bfb765f59b9d5616ffda00d632d1a3d660cdb7e8a0290bfae93c"`,
    );
  });

  test('reads back as it was sealed, wherever it stands', () => {
    fc.assert(
      fc.property(draft, fc.nat({ max: 20 }), fc.uint8Array({ maxLength: 20 }), (sealed, before, after) => {
        const { encoded, hash } = sealRecord(sealed);
        const parsed = parseRecord(Buffer.concat([Buffer.alloc(before, 9), encoded, after]), before);
        if (parsed.kind !== 'record') throw new Error(`parsed as ${parsed.kind}`);
        const { record, end } = parsed;
        expect(end).toBe(before + encoded.length);
        expect({ ...record, previous: Buffer.from(record.previous), payload: Buffer.from(record.payload) }).toEqual({
          ...sealed,
          previous: Buffer.from(sealed.previous),
          payload: Buffer.from(sealed.payload),
          hash,
          encoded: Buffer.from(encoded),
        });
      }),
    );
  });

  test('cut at any byte is no record', () => {
    fc.assert(
      fc.property(draft, (sealed) => {
        const { encoded } = sealRecord(sealed);
        for (let length = 0; length < encoded.length; length += 1) {
          expect(parseRecord(Buffer.from(encoded.subarray(0, length)), 0).kind).not.toBe('record');
        }
      }),
      { numRuns: 20 },
    );
  });

  test('torn at any byte, with zeros behind, is no record', () => {
    fc.assert(
      fc.property(draft, (sealed) => {
        // A payload that ends in zeros is whole before its last byte is written.
        const { encoded } = sealRecord({ ...sealed, payload: Buffer.concat([sealed.payload, Buffer.from([1])]) });
        for (let length = 0; length < encoded.length; length += 1) {
          const torn = Buffer.alloc(encoded.length);
          torn.set(encoded.subarray(0, length));
          expect(parseRecord(torn, 0).kind).not.toBe('record');
        }
      }),
      { numRuns: 20 },
    );
  });

  test('with any bit flipped is no record', () => {
    fc.assert(
      fc.property(draft, fc.nat(), (sealed, position) => {
        const { encoded } = sealRecord(sealed);
        const bit = position % (encoded.length * 8);
        const flipped = Buffer.concat([encoded, Buffer.alloc(64)]);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(parseRecord(flipped, 0).kind).not.toBe('record');
      }),
      { numRuns: 500 },
    );
  });

  test('whose length is out of range is refused before anything is read', () => {
    for (const length of [1, 60, RECORD_BYTES_MAX + 1, 0xffffffff]) {
      const bytes = Buffer.alloc(100);
      bytes.writeUInt32BE(length, 0);
      expect(parseRecord(bytes, 0)).toMatchObject({ kind: 'damaged', reason: expect.stringContaining('out of range') });
    }
  });

  test('of a type that this program does not know stops it', () => {
    const bytes = Buffer.from(
      sealRecord({ seq: 1, epoch: 1, timeMs: 1, previous: NO_HASH, type: 'operation', payload: Buffer.alloc(1) }).encoded,
    );
    const unknown = Buffer.from(bytes);
    unknown.writeUInt8(99, 64);
    // The checksum of a newer program would be right.

    unknown.writeUInt32BE(crc32c(unknown.subarray(8)), 4);
    expect(() => parseRecord(unknown, 0)).toThrow(expect.objectContaining({ code: 'NS_VERSION_UNSUPPORTED' }));
  });

  test('larger than a record may be is not sealed', () => {
    const payload = Buffer.alloc(RECORD_BYTES_MAX);
    expect(() => sealRecord({ seq: 1, epoch: 1, timeMs: 1, previous: NO_HASH, type: 'operation', payload })).toThrow(
      expect.objectContaining({ code: 'NS_BODY_TOO_LARGE' }),
    );
  });
});

describe('a run of records', () => {
  test('reads back whole, and not at all when it is cut within a record', () => {
    const records = recordChain(4);
    const bytes = Buffer.concat(records.map(({ encoded }) => encoded));
    expect(parseRecords(bytes).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const ends = new Set([0]);
    for (const { encoded } of records) ends.add([...ends].reduce((most, end) => Math.max(most, end), 0) + encoded.length);
    for (let length = 0; length < bytes.length; length += 1) {
      if (ends.has(length)) expect(parseRecords(bytes.subarray(0, length))).toBeInstanceOf(Array);
      else expect(() => parseRecords(bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'NS_FRAME_MALFORMED' }));
    }
  });
});
