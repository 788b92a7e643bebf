import { type BlobId, newBlobId } from '@netstore/shared-types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BLOB_BYTES_MAX,
  BLOB_REF_BYTES,
  type BlobRef,
  CHUNK_BYTES,
  chunkCountOf,
  packBlobIds,
  packBlobRefs,
  unpackBlobIds,
  unpackBlobRefs,
} from './manifest.ts';
import { countingBytes } from './testing/sample-messages.ts';

const blobId = fc.stringMatching(/^[0-9a-f]{32}$/).map((text) => text as BlobId);
const blobRef = fc.record({
  blobId,
  lengthBytes: fc.integer({ min: 1, max: BLOB_BYTES_MAX }),
  crcTableSha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});

const plain = (refs: readonly BlobRef[]): unknown => refs.map((ref) => ({ ...ref, crcTableSha256: [...ref.crcTableSha256] }));

describe('packed blob references', () => {
  test('have the documented bytes', () => {
    const ref = { blobId: '00112233445566778899aabbccddeeff' as BlobId, lengthBytes: 0x00012345, crcTableSha256: countingBytes(32, 1) };
    expect(Buffer.from(packBlobRefs([ref])).toString('hex')).toBe(
      `00112233445566778899aabbccddeeff${'00012345'}${countingBytes(32, 1).toString('hex')}`,
    );
  });

  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(blobRef, { maxLength: 20 }), (refs) => {
        expect(plain(unpackBlobRefs(packBlobRefs(refs)))).toEqual(plain(refs));
      }),
    );
  });

  test('that are not whole are refused', () => {
    const packed = packBlobRefs([{ blobId: newBlobId(), lengthBytes: 1, crcTableSha256: countingBytes(32) }]);
    for (let length = 1; length < BLOB_REF_BYTES; length += 1) {
      expect(() => unpackBlobRefs(packed.subarray(0, length))).toThrow(/not whole references/);
    }
  });

  test.each([0, BLOB_BYTES_MAX + 1])('with a length of %i are refused', (lengthBytes) => {
    const packed = packBlobRefs([{ blobId: newBlobId(), lengthBytes, crcTableSha256: countingBytes(32) }]);
    expect(() => unpackBlobRefs(packed)).toThrow(/out of range/);
  });
});

describe('packed blob ids', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(blobId, { maxLength: 20 }), (ids) => {
        expect(unpackBlobIds(packBlobIds(ids))).toEqual(ids);
      }),
    );
  });

  test('that are not whole are refused', () => {
    expect(() => unpackBlobIds(new Uint8Array(17))).toThrow(/not whole/);
  });
});

test.each([
  [1, 1],
  [CHUNK_BYTES, 1],
  [CHUNK_BYTES + 1, 2],
  [BLOB_BYTES_MAX, 128],
])('a blob of %i bytes has %i chunks', (lengthBytes, chunks) => {
  expect(chunkCountOf(lengthBytes)).toBe(chunks);
});
