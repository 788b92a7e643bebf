/**
 * One slot of a VOTE file: everything a node has promised, in one sector.
 *
 *   offset  size  field (integers big endian)
 *        0     8  "NSVOTE" and two zeros
 *        8     4  format version, 1
 *       12     8  generation: one higher with every slot written
 *       20     8  epoch promised; 0 before any
 *       28     1  length of the candidate's id; 0 before any
 *       29    63  the candidate's id, then zeros
 *       92     8  seq of the last acknowledged record; 0 before any
 *      100    32  its hash; zeros before any
 *      132   376  zeros
 *      508     4  CRC32C over bytes 0 to 507
 *
 * Each file has two slots, at 0 and at 4096, so that no two share a sector or a page.
 */

import { NetStoreError, type NodeId, parseNodeId } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import { crc32c } from '@node-rs/crc32';

export const VOTE_SLOT_BYTES = 512;
export const VOTE_SLOT_OFFSETS = [0, 4096] as const;
export const VOTE_FILE_BYTES = 8192;
const MAGIC = 'NSVOTE\0\0';
const FORMAT_VERSION = 1;
const CRC_AT = 508;

export interface Vote {
  readonly epoch: number;
  readonly candidate: NodeId | null;
  readonly acknowledged: LogPosition;
  readonly generation: number;
}

export function encodeVote(vote: Vote): Buffer {
  const bytes = Buffer.alloc(VOTE_SLOT_BYTES);
  const candidate = vote.candidate ?? '';
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32BE(FORMAT_VERSION, 8);
  bytes.writeBigUInt64BE(BigInt(vote.generation), 12);
  bytes.writeBigUInt64BE(BigInt(vote.epoch), 20);
  bytes.writeUInt8(candidate.length, 28);
  bytes.write(candidate, 29, 'latin1');
  bytes.writeBigUInt64BE(BigInt(vote.acknowledged.seq), 92);
  bytes.set(vote.acknowledged.hash, 100);
  bytes.writeUInt32BE(crc32c(bytes.subarray(0, CRC_AT)), CRC_AT);
  return bytes;
}

/** Undefined when the slot was never written or is damaged. Throws `NS_DATA_DIRECTORY` when a newer program wrote it. */
export function parseVote(bytes: Buffer): Vote | undefined {
  if (bytes.length < VOTE_SLOT_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
  if (bytes.readUInt32BE(CRC_AT) !== crc32c(bytes.subarray(0, CRC_AT))) return undefined;
  const version = bytes.readUInt32BE(8);
  if (version !== FORMAT_VERSION) {
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `VOTE has format ${version}, this program knows ${FORMAT_VERSION}: start a newer version of NetStore`,
    );
  }
  const candidateLength = bytes.readUInt8(28);
  return {
    epoch: Number(bytes.readBigUInt64BE(20)),
    candidate: candidateLength === 0 ? null : parseNodeId(bytes.toString('latin1', 29, 29 + candidateLength)),
    acknowledged: { seq: Number(bytes.readBigUInt64BE(92)), hash: Buffer.from(bytes.subarray(100, 132)) },
    generation: Number(bytes.readBigUInt64BE(12)),
  };
}
