import { NetStoreError } from '@netstore/shared-types';
import { type TSchema, Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { CBOR_DEPTH_MAX, CBOR_ITEMS_MAX, decodeCbor, encodeCbor } from './cbor.ts';
import { Bytes, message, Text } from './messages/fields.ts';

/** Accepts everything: what is refused under it is refused by the encoding. */
const Anything = Type.Unknown();

function errorOf(action: () => unknown): NetStoreError {
  try {
    action();
  } catch (error) {
    if (error instanceof NetStoreError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

const decodeHex = (hex: string, schema: TSchema = Anything): unknown => decodeCbor(schema, Buffer.from(hex, 'hex'));

describe('decodeCbor', () => {
  test.each([
    ['00', 0],
    ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['3b001ffffffffffffe', Number.MIN_SAFE_INTEGER],
    ['63e282ac', '€'],
    ['63efbfbd', '\ufffd'],
    ['43010203', new Uint8Array([1, 2, 3])],
    ['82f5f6', [true, null]],
  ])('%s is %o', (hex, value) => {
    expect(decodeHex(hex)).toEqual(value);
  });

  test.each([
    ['nothing', ''],
    ['an integer beyond 2^53 - 1', '1b0020000000000000'],
    ['an integer that is longer than needed', '1817'],
    ['a length that is longer than needed', '580101'],
    ['bytes of indefinite length', '5f4101ff'],
    ['text of indefinite length', '7f6161ff'],
    ['an array of indefinite length', '9f01ff'],
    ['a map of indefinite length', 'bf616101ff'],
    ['a break', 'ff'],
    ['a tag', 'c11a514b67b0'],
    ['undefined', 'f7'],
    ['an unknown simple value', 'e0'],
    ['infinity', 'f97c00'],
    ['not a number', 'f97e00'],
    ['a key that is no text', 'a10102'],
    ['the same key twice', 'a2616101616102'],
    ['text that is not UTF-8', '62c328'],
    ['text with an overlong form', '62c080'],
    ['bytes after the value', '0000'],
    ['bytes that are cut off', '4301'],
    ['an array of 2^32 - 1 items that are not there', '9affffffff'],
    ['a map of 2^53 - 1 pairs that are not there', 'bb001fffffffffffff'],
  ])('%s is refused', (_what, hex) => {
    expect(errorOf(() => decodeHex(hex)).code).toBe('NS_FRAME_MALFORMED');
  });

  test('as many levels as allowed are decoded, one more is refused', () => {
    const nested = (levels: number): string => `${'81'.repeat(levels)}00`;
    expect(JSON.stringify(decodeHex(nested(CBOR_DEPTH_MAX)))).toBe('['.repeat(CBOR_DEPTH_MAX) + 0 + ']'.repeat(CBOR_DEPTH_MAX));
    expect(errorOf(() => decodeHex(nested(CBOR_DEPTH_MAX + 1))).message).toMatch(/levels/);
    expect(errorOf(() => decodeHex(nested(1_000_000))).message).toMatch(/levels/);
  });

  test('levels side by side do not count together', () => {
    const siblings = `98${'64'}${'818100'.repeat(100)}`;
    expect(decodeHex(siblings)).toEqual(Array.from({ length: 100 }, () => [[0]]));
  });

  test('as many items as allowed are decoded, one more is refused', () => {
    const array = (items: number): Buffer => {
      const bytes = Buffer.alloc(5 + items);
      bytes.writeUInt8(0x9a, 0);
      bytes.writeUInt32BE(items, 1);
      return bytes;
    };
    expect(decodeCbor(Anything, array(CBOR_ITEMS_MAX - 1))).toHaveLength(CBOR_ITEMS_MAX - 1);
    expect(errorOf(() => decodeCbor(Anything, array(CBOR_ITEMS_MAX))).message).toMatch(/items/);
  });

  test('a key that names the prototype is a field like any other, and refused like any other', () => {
    const Closed = message({ a: Type.Boolean() });
    expect(errorOf(() => decodeHex('a26161f5695f5f70726f746f5f5fa0', Closed)).code).toBe('NS_FRAME_MALFORMED');
  });

  test('the bytes of the result are not those of the input', () => {
    const input = Buffer.from('43010203', 'hex');
    const value = decodeCbor(Bytes(3, 3), input);
    input.fill(0);
    expect(value).toEqual(new Uint8Array([1, 2, 3]));
  });

  test('the error names the field, and is short whatever the peer sent', () => {
    const Shape = message({ outer: message({ inner: Bytes(2, 2) }) });
    const wrong = encodeCbor(Anything, { outer: { inner: new Uint8Array(3) } });
    expect(errorOf(() => decodeCbor(Shape, wrong)).message).toBe('Value breaks its schema: /outer/inner must be 2 to 2 bytes');
    const longKey = encodeCbor(Anything, { ['k'.repeat(100_000)]: 1 });
    expect(errorOf(() => decodeCbor(Shape, longKey)).message.length).toBeLessThan(400);
  });
});

describe('encodeCbor', () => {
  test('a value has one encoding, whatever the order of its keys', () => {
    expect(encodeCbor(Anything, { b: 1, a: 2 })).toEqual(encodeCbor(Anything, { a: 2, b: 1 }));
  });

  test('a value that breaks its schema is a defect of this side', () => {
    expect(errorOf(() => encodeCbor(Text(3), 'four')).code).toBe('NS_INTERNAL');
    expect(errorOf(() => encodeCbor(Text(3), '€€')).message).toMatch(/3 bytes/);
  });
});
