/**
 * Makes a scanned log fit to be written to. What stands behind its last whole record is set aside: above the mark it is a torn
 * tail, which was never acknowledged; below it is damage, which a peer has to repair. What stands above the mark is written and
 * synced once more, because a process whose sync failed leaves records in the page cache that are not on the disk and read
 * back as if they were.
 *
 * Every step may be interrupted and done again: the log is the same prefix before and after it.
 */
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keepTornBytes, moveSegmentAside } from './divergent.ts';
import type { Durability } from './durability.ts';
import { readFully, UNFINISHED_SUFFIX } from './durable-file.ts';
import type { DurableFolder } from './durable-folder.ts';
import type { Fault, ScannedLog } from './scan-log.ts';
import { Segment } from './segment.ts';

/** What was found behind the log's last whole record and set aside. */
export interface TornTail extends Fault {
  /** From the fault to the last byte in its segment that is not zero. */
  readonly tornBytes: number;
  /** Segments behind the fault, moved aside whole. */
  readonly segmentsAside: number;
  /** False when the disk was too full to keep the torn bytes in divergent/: only bytes that were never acknowledged are let go so. */
  readonly isKept: boolean;
}

export interface Recovery {
  readonly divergentDir: string;
  readonly folder: DurableFolder;
  readonly durability: Durability;
}

/** Segments that were never given their name hold nothing that was promised. */
export async function removeUnfinished(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (name.endsWith(UNFINISHED_SUFFIX)) await rm(join(dir, name));
  }
}

export async function recoverLog(
  scan: ScannedLog,
  markSeq: number,
  recovery: Recovery,
): Promise<{ segments: Segment[]; tornTail: TornTail | undefined }> {
  // Their records are in the catalogue; what a crash kept from being removed is removed now.
  for (const path of scan.obsolete) await rm(path);
  const segments = scan.segments.map((content) => new Segment(content, recovery.durability));
  const tornTail = scan.fault === undefined ? undefined : await setFaultAside(scan, scan.fault, { ...recovery, markSeq });
  for (const segment of segments) {
    if (segment.lastSeq <= markSeq) continue;
    await using _closing = closing(segment);
    await segment.rewrite(Math.max(segment.firstSeq, markSeq + 1));
  }
  await recovery.folder.sync();
  return { segments, tornTail };
}

async function setFaultAside(
  { segments, unreachable }: ScannedLog,
  fault: Fault,
  { divergentDir, durability, markSeq }: Recovery & { readonly markSeq: number },
): Promise<TornTail> {
  // From the end on, so that what is left is a whole prefix at every moment.
  for (const path of unreachable.toReversed()) await moveSegmentAside(divergentDir, path, durability);
  const torn = { tornBytes: 0, isKept: true };
  const content = segments.at(-1);
  if (content !== undefined && content.path === fault.path) {
    const bytes = await readTorn(fault);
    torn.tornBytes = bytes.length;
    torn.isKept = await keepTornBytes(divergentDir, { ...fault, bytes, mayLetGo: fault.seq > markSeq }, durability);
    const tail = new Segment(content, durability);
    await using _closing = closing(tail);
    await tail.wipeRest();
  }
  return { ...fault, ...torn, segmentsAside: unreachable.length };
}

async function readTorn({ path, offset }: Fault): Promise<Buffer> {
  await using handle = await open(path, 'r');
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(size - offset);
  await readFully(handle, bytes, offset);
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
}

/** Files that are written to in a recovery are closed whatever comes of it. */
function closing(segment: Segment): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => segment.close() };
}
