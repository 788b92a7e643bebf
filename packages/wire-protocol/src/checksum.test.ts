import type { BlobId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { ChunkChecksum, crcTableSha256, packCrcTable } from './checksum.ts';
import { countingBytes } from './testing/sample-messages.ts';

const BLOB = '00112233445566778899aabbccddeeff' as BlobId;
const OTHER_BLOB = '00112233445566778899aabbccddeefe' as BlobId;

/** CRC32C bit by bit, by its definition: reflected polynomial 0x1EDC6F41. */
function crc32cByDefinition(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('ChunkChecksum', () => {
  test('the definition used here gives the published check value', () => {
    expect(crc32cByDefinition(Buffer.from('123456789'))).toBe(0xe3069283);
  });

  test.each([0, 1, 255, 65_536])('of %i bytes is CRC32C over blob id, chunk index and bytes', (length) => {
    const bytes = countingBytes(length, 3);
    const place = Buffer.concat([Buffer.from(BLOB, 'hex'), Buffer.from([0, 0, 1, 2])]);
    expect(new ChunkChecksum(BLOB).of(0x0102, bytes)).toBe(crc32cByDefinition(Buffer.concat([place, bytes])));
  });

  test('differs for the same bytes in another place', () => {
    const bytes = countingBytes(100);
    const checksums = [
      new ChunkChecksum(BLOB).of(0, bytes),
      new ChunkChecksum(BLOB).of(1, bytes),
      new ChunkChecksum(OTHER_BLOB).of(0, bytes),
    ];
    expect(new Set(checksums).size).toBe(3);
  });

  test('does not depend on what was computed before', () => {
    const checksum = new ChunkChecksum(BLOB);
    const first = checksum.of(7, countingBytes(10));
    checksum.of(8, countingBytes(20));
    expect(checksum.of(7, countingBytes(10))).toBe(first);
  });
});

describe('the table of checksums', () => {
  test('is one big-endian number after the other', () => {
    expect(packCrcTable([1, 0xfffffffe]).toString('hex')).toBe('00000001fffffffe');
    expect(packCrcTable([])).toHaveLength(0);
  });

  test('is named by its SHA-256', () => {
    expect(Buffer.from(crcTableSha256(packCrcTable([]))).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });
});
