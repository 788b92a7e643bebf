/**
 * What the disk under the nodes can do when nobody but three writers uses it: three, because each byte of a file goes to three nodes, and on one machine
 * all three share one disk. `fdatasync` at every 8 MiB, because that is a blob, and no blob is acknowledged before its sync.
 */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBody } from '../random-body.ts';
import { operationsResult, type Result, streamResult } from '../report/result.ts';

const WRITERS = 3;
const BLOB_BYTES = 8 * 2 ** 20;

/** Bytes per second of each writer: what one upload can reach when all three replicas are written. */
export async function measureDiskStream(folder: string, bytesPerWriter: number, signal: AbortSignal): Promise<Result> {
  const blob = await wholeBody(Math.min(BLOB_BYTES, bytesPerWriter));
  const seconds = await timeWriters(folder, async (file) => {
    for (let written = 0; written < bytesPerWriter; written += blob.length) {
      signal.throwIfAborted();
      await writeAndSync(file, blob.subarray(0, Math.min(blob.length, bytesPerWriter - written)));
    }
  });
  return streamResult('disk: 3 writers, fdatasync every 8 MiB', bytesPerWriter, seconds);
}

/** Small appends with a sync each, in each of three files: a put of a small file can hardly need less. */
export async function measureDiskSyncs(
  folder: string,
  { count, sizeBytes }: { count: number; sizeBytes: number },
  signal: AbortSignal,
): Promise<Result> {
  const bytes = await wholeBody(sizeBytes);
  const latenciesMs: number[] = [];
  const seconds = await timeWriters(folder, async (file, writer) => {
    for (let index = 0; index < count; index += 1) {
      signal.throwIfAborted();
      const startedAt = performance.now();
      await writeAndSync(file, bytes);
      if (writer === 0) latenciesMs.push(performance.now() - startedAt);
    }
  });
  return operationsResult(`disk: 3 writers, fdatasync every ${sizeBytes} bytes`, latenciesMs, seconds);
}

async function timeWriters(folder: string, write: (file: FileHandle, writer: number) => Promise<void>): Promise<number> {
  const own = await mkdtemp(join(folder, 'bench-ceiling-'));
  try {
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        await using file = await open(join(own, String(writer)), 'wx');
        await write(file, writer);
      }),
    );
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function writeAndSync(file: FileHandle, bytes: Buffer): Promise<void> {
  const { bytesWritten } = await file.write(bytes);
  if (bytesWritten !== bytes.length) throw new Error(`The disk is full: expected to write ${bytes.length} bytes, wrote ${bytesWritten}`);
  await file.datasync();
}

async function wholeBody(sizeBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of randomBody(0, sizeBytes).stream()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
