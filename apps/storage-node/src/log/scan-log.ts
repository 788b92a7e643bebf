/**
 * Reads every segment from the first byte on and proves the chain: checksums, seqs without a gap, each record naming the
 * hash of the one before. Stops at the first thing that is not so and says where it is. Changes nothing on the disk.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import { CHAIN_START, type ChainEnd, chainEndAt, chainProblem, isSameHash } from './chain.ts';
import { errnoOf, toDiskError } from './disk-error.ts';
import { type EpochRun, extendRuns } from './epoch-runs.ts';
import { basePath, readBase } from './log-base.ts';
import { isZeroFrom, parseRecord } from './record.ts';
import type { SegmentContent } from './segment.ts';
import { firstSeqOf, isSegmentName, parseSegmentHeader, SEGMENT_HEADER_BYTES } from './segment-header.ts';

/** The first place that is no continuation of the log. */
export interface Fault {
  /** The record that should have been there. */
  readonly seq: number;
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
}

export interface ScannedLog {
  /** What the first record continues. */
  readonly base: ChainEnd;
  /** Those with a sound header that continue the chain, in order; the last of them may hold the fault. */
  readonly segments: SegmentContent[];
  /** Files that are no continuation as a whole: of a bad header, or behind the fault. */
  readonly unreachable: string[];
  /** Files below the base, which a crash left when they were to be removed. */
  readonly obsolete: string[];
  readonly end: ChainEnd;
  readonly epochs: EpochRun[];
  /** The hash of the record at the mark; undefined when the chain does not reach that far, or begins behind it. */
  readonly hashAtMark: Uint8Array | undefined;
  readonly fault: Fault | undefined;
}

interface Walk {
  end: ChainEnd;
  hashAtMark: Uint8Array | undefined;
  readonly markSeq: number;
  readonly epochs: EpochRun[];
}

export async function scanLog(dir: string, markSeq: number): Promise<ScannedLog> {
  const all = (await readdir(dir)).filter(isSegmentName).sort();
  const known = await readBase(dir);
  const base = known ?? CHAIN_START;
  const paths = all.filter((name) => firstSeqOf(name) > base.position.seq).map((name) => join(dir, name));
  const obsolete = all.filter((name) => firstSeqOf(name) <= base.position.seq).map((name) => join(dir, name));
  const walk: Walk = { end: base, hashAtMark: markSeq === base.position.seq ? base.position.hash : undefined, markSeq, epochs: [] };
  const segments: SegmentContent[] = [];
  const found = { base, obsolete, segments };
  if (known === undefined) {
    const fault = { seq: 1, path: basePath(dir), offset: 0, reason: 'the file that says where the log begins is damaged' };
    return { ...walk, ...found, unreachable: [...paths, fault.path], fault };
  }
  for (const [index, path] of paths.entries()) {
    const bytes = await readSegment(path);
    const headerFault = bytes === undefined ? 'the disk cannot read it' : headerProblem(bytes, walk.end.position);
    if (bytes === undefined || headerFault !== undefined) {
      const fault = { seq: walk.end.position.seq + 1, path, offset: 0, reason: headerFault ?? '' };
      return { ...walk, ...found, unreachable: paths.slice(index), fault };
    }
    const { content, fault } = walkSegment(path, bytes, walk);
    segments.push(content);
    if (fault !== undefined) return { ...walk, ...found, unreachable: paths.slice(index + 1), fault };
  }
  return { ...walk, ...found, unreachable: [], fault: undefined };
}

/** Undefined when a sector cannot be read. */
async function readSegment(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errnoOf(error) === 'EIO') return undefined;
    throw toDiskError(error, `Reading ${path}`);
  }
}

function headerProblem(bytes: Buffer, last: LogPosition): string | undefined {
  const header = parseSegmentHeader(bytes);
  if (header === undefined) return 'its header is damaged';
  if (header.firstSeq !== last.seq + 1) return `it begins with record ${header.firstSeq}, expected ${last.seq + 1}`;
  if (!isSameHash(header.previous, last.hash)) return 'its header names another record before it';
  return undefined;
}

/** Follows the chain through one segment; `walk` ends at the last good record. */
function walkSegment(path: string, bytes: Buffer, walk: Walk): { content: SegmentContent; fault: Fault | undefined } {
  const firstSeq = walk.end.position.seq + 1;
  const offsets: number[] = [];
  let at = SEGMENT_HEADER_BYTES;
  let reason: string | undefined;
  while (reason === undefined) {
    const parsed = parseRecord(bytes, at);
    if (parsed.kind === 'end') {
      reason = isZeroFrom(bytes, at) ? undefined : 'bytes stand where no record begins';
      break;
    }
    if (parsed.kind === 'damaged') {
      reason = parsed.reason;
      break;
    }
    reason = chainProblem(walk.end, parsed.record);
    if (reason !== undefined) break;
    offsets.push(at);
    at = parsed.end;
    walk.end = chainEndAt(parsed.record);
    if (parsed.record.seq === walk.markSeq) walk.hashAtMark = parsed.record.hash;
    extendRuns(walk.epochs, parsed.record);
  }
  const fault = reason === undefined ? undefined : { seq: walk.end.position.seq + 1, path, offset: at, reason };
  return { content: { path, firstSeq, sizeBytes: bytes.length, offsets, end: at }, fault };
}

/** What was acknowledged and is not in the log any more: a peer has to give it again. */
export interface Damage extends Fault {
  /** The last record that this node told others it holds. */
  readonly markSeq: number;
}

/** Undefined when the log reaches the mark. Once the fault has been set aside, the log simply ends too early, and that is damage for as long as it does. */
export function damageBelow(scan: ScannedLog, markSeq: number): Damage | undefined {
  if (scan.end.position.seq >= markSeq) return undefined;
  return { ...(scan.fault ?? endOf(scan)), markSeq };
}

/** Throws `NS_LOG_DAMAGED` when the record at the mark is another one than was acknowledged: VOTE and log are not of one history. */
export function requireSameMark({ hashAtMark }: ScannedLog, mark: LogPosition): void {
  if (hashAtMark === undefined || isSameHash(mark.hash, hashAtMark)) return;
  throw new NetStoreError(
    'NS_LOG_DAMAGED',
    `Log is damaged: record ${mark.seq} is not the one that was acknowledged. Nothing was changed. ` +
      'Move this data directory away (do not delete it) and start the node with an empty one, so that it copies everything from the others',
    { details: { seq: mark.seq, markSeq: mark.seq } },
  );
}

function endOf({ segments, end }: ScannedLog): Fault {
  const tail = segments.at(-1);
  return { seq: end.position.seq + 1, path: tail?.path ?? 'an empty log', offset: tail?.end ?? 0, reason: 'the log ends before it' };
}
