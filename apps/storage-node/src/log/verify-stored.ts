/**
 * Reads stored records from the disk itself and holds each of them to what it must be: checksum, seq, the hash of the record before. For
 * the scrub, which finds what rots while the node runs. Changes nothing.
 */
import { NetStoreError } from '@netstore/shared-types';
import { isSameHash } from './chain.ts';
import { errnoOf, toDiskError } from './disk-error.ts';
import { isZeroFrom, parseRecord } from './record.ts';
import type { Fault } from './scan-log.ts';
import type { Segment } from './segment.ts';
import { parseSegmentHeader, SEGMENT_HEADER_BYTES } from './segment-header.ts';
import type { StoredLog } from './stored-log.ts';
import type { UncachedReader } from './uncached-reader.ts';

/** A run of records that a peer has to give again. */
export interface BadRecords extends Fault {
  readonly lastSeq: number;
}

export interface Verified {
  /** Where to go on; one behind the last record when the end was reached. */
  readonly nextSeq: number;
  /** How many records stand there, sound or bad: fewer than up to `nextSeq` where the log begins further on. */
  readonly records: number;
  /** Read from the disk. */
  readonly bytes: number;
  /** Ends before `nextSeq`; undefined when all up to there are sound. */
  readonly bad: BadRecords | undefined;
}

/**
 * Records from `fromSeq` on, at least one where there is one, until `bytesMax`, the end of their segment or the end of the first run of
 * bad ones.
 */
export async function verifyStored(
  log: StoredLog,
  { fromSeq, bytesMax }: { readonly fromSeq: number; readonly bytesMax: number },
  reader: UncachedReader,
): Promise<Verified> {
  // The beginning may have been let go since the last step.
  const baseSeq = log.base.position.seq;
  if (fromSeq <= baseSeq) return { nextSeq: baseSeq + 1, records: 0, bytes: 0, bad: undefined };
  if (fromSeq > log.last.seq) return { nextSeq: log.last.seq + 1, records: 0, bytes: 0, bad: undefined };
  const segment = log.segmentOf(fromSeq);
  const untilSeq = Math.min(segment.seqWithin(fromSeq, bytesMax), log.last.seq + 1);
  const { offset } = segment.placeOf(fromSeq);
  const bytes = segment.placeOf(untilSeq).offset - offset;
  const run = await readUnlessBad(reader, { path: segment.path, offset, bytes });
  let before = await hashBefore(log, fromSeq);
  let bad: BadRecords | undefined;
  for (let seq = fromSeq; seq < untilSeq; seq += 1) {
    const place = segment.placeOf(seq);
    const stored = run?.subarray(place.offset - offset) ?? (await readUnlessBad(reader, { path: segment.path, ...place }));
    const judged = judge(stored, seq, before);
    const reason = judged.reason ?? (await frameProblem(log, { segment, seq, before, hash: judged.hash }, reader));
    before = judged.hash;
    if (reason === undefined && bad !== undefined) return { nextSeq: seq, records: seq - fromSeq, bytes, bad };
    if (reason !== undefined) bad = { ...(bad ?? { seq, path: segment.path, offset: place.offset, reason }), lastSeq: seq };
  }
  return { nextSeq: untilSeq, records: untilSeq - fromSeq, bytes, bad };
}

/** The hash is known when the record itself is sound. */
function judge(
  stored: Buffer | undefined,
  seq: number,
  before: Uint8Array | undefined,
): { readonly hash: Uint8Array | undefined; readonly reason: string | undefined } {
  const bad = (reason: string) => ({ hash: undefined, reason });
  if (stored === undefined) return bad('the disk cannot read it');
  const parsed = parseRecord(stored, 0);
  if (parsed.kind === 'end') return bad('nothing stands there');
  if (parsed.kind === 'damaged') return bad(parsed.reason);
  if (parsed.record.seq !== seq) return bad(`record ${parsed.record.seq} stands there`);
  if (before !== undefined && !isSameHash(before, parsed.record.previous)) return bad(`it continues another record than ${seq - 1}`);
  return { hash: parsed.record.hash, reason: undefined };
}

interface Framed {
  readonly segment: Segment;
  readonly seq: number;
  readonly before: Uint8Array | undefined;
  readonly hash: Uint8Array | undefined;
}

/** What is wrong around a sound record: the header before the first of a segment, the zeros behind the last, the end of the log. */
async function frameProblem(log: StoredLog, { segment, seq, before, hash }: Framed, reader: UncachedReader): Promise<string | undefined> {
  if (seq === segment.firstSeq && !(await isHeaderSound(segment, before, reader))) return 'the header of its segment is damaged';
  if (seq === log.last.seq)
    return hash === undefined || isSameHash(hash, log.last.hash) ? undefined : 'it is another record than was written';
  // Behind the end of the log, appends are under way.
  if (seq !== segment.lastSeq || segment === log.tail) return undefined;
  const offset = segment.placeOf(seq + 1).offset;
  const rest = await readUnlessBad(reader, { path: segment.path, offset, bytes: segment.sizeBytes - offset });
  return rest !== undefined && isZeroFrom(rest, 0) ? undefined : 'bytes stand behind it where no record begins';
}

async function isHeaderSound({ path, firstSeq }: Segment, before: Uint8Array | undefined, reader: UncachedReader): Promise<boolean> {
  const bytes = await readUnlessBad(reader, { path, offset: 0, bytes: SEGMENT_HEADER_BYTES });
  const header = bytes && parseSegmentHeader(bytes);
  return header?.firstSeq === firstSeq && (before === undefined || isSameHash(header.previous, before));
}

/** Undefined when the record before cannot be read: it is found bad by itself. */
async function hashBefore(log: StoredLog, seq: number): Promise<Uint8Array | undefined> {
  try {
    return (await log.positionAt(seq - 1))?.hash;
  } catch (error) {
    if (error instanceof NetStoreError && error.code === 'NS_LOG_DAMAGED') return undefined;
    throw error;
  }
}

/** Undefined when a sector of it cannot be read. */
async function readUnlessBad(
  reader: UncachedReader,
  { path, offset, bytes }: { readonly path: string; readonly offset: number; readonly bytes: number },
): Promise<Buffer | undefined> {
  try {
    return await reader.read(path, offset, bytes);
  } catch (error) {
    if (errnoOf(error) === 'EIO') return undefined;
    throw toDiskError(error, `Reading ${path}`);
  }
}
