/** For tests: what a node owns, of real parts on a folder of its own: blobs, log, catalogue and what applies one to the other. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger, createMetrics } from '@netstore/service-kit';
import { DiskBlobStore } from '../../blobs/disk-blob-store.ts';
import { makeBlob, stageBlob, type TestBlob } from '../../blobs/testing/blob-bytes.ts';
import { Catalogue, type ReferencedBlob } from '../../catalogue/catalogue.ts';
import { put, RecordChain } from '../../catalogue/testing/record-chain.ts';
import type { LogRecord } from '../../log/record.ts';
import { NO_HASH } from '../../log/record.ts';
import { ReplicatedLog } from '../../log/replicated-log.ts';
import { flipByte } from '../../log/testing/flip-byte.ts';
import { makeTempDir } from '../../log/testing/temp-dir.ts';
import { Aborted } from '../../replication/aborted.ts';
import { Applier } from '../../replication/applier.ts';
import { LogTail } from '../../replication/log-tail.ts';
import { FaultCounts } from '../fault-counts.ts';
import { Quarantine } from '../quarantine.ts';

const WAIT_MS = 5;
/** Small, so that a log has several. */
const SEGMENT_BYTES = 16 * 1024;

export type OwningNode = Awaited<ReturnType<typeof startOwningNode>>;

export async function startOwningNode() {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await makeTempDir('blobs', 'staging', 'quarantine', 'log', 'divergent'));
  const dirs = { blobs: join(path, 'blobs'), staging: join(path, 'staging'), quarantine: join(path, 'quarantine') };
  const blobs = stack.use(await DiskBlobStore.open({ dirs, reserveFraction: 0, reserveBytesMin: 0 }));
  const mark = { seq: 0, hash: NO_HASH };
  const log = stack.use(
    await ReplicatedLog.open({ dir: join(path, 'log'), divergentDir: join(path, 'divergent'), mark, segmentBytes: SEGMENT_BYTES }),
  );
  const catalogue = stack.use(await Catalogue.open({ path: join(path, 'catalogue.db'), quarantineDir: dirs.quarantine }));
  const tail = new LogTail(log);
  const debt = { blobs: 0, bytes: 0, heldSeq: 0 };
  const applier = new Applier({ catalogue, tail, blobs, aborted: new Aborted(), debt, onApplied: () => undefined });
  const ended = new AbortController();
  const running = applier.run(ended.signal);
  stack.defer(async () => {
    ended.abort();
    await running;
  });
  const logger = createLogger({ service: 'test', level: 'silent' });
  const metrics = createMetrics({ service: 'test' });
  const counts = new FaultCounts(metrics, Date.now);
  const owed: ReferencedBlob[] = [];
  const onOwed = async (blob: ReferencedBlob): Promise<void> => {
    owed.push(blob);
    await applier.refreshDebt();
  };
  const quarantine = new Quarantine({ blobs, catalogue, counts, logger, onOwed });
  const chain = new RecordChain();

  const commit = async (record: LogRecord): Promise<void> => {
    tail.push([record]);
    await log.append([record]);
    applier.commit(record.seq);
    while (applier.appliedSeq < record.seq) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  };
  const refOf = ({ blobId, bytes, crcTableSha256 }: TestBlob) => ({ blobId, lengthBytes: bytes.length, crcTableSha256 });
  const parts = stack.move();
  return {
    path,
    dirs,
    blobs,
    log,
    catalogue,
    applier,
    logger,
    metrics,
    counts,
    quarantine,
    chain,
    /** What quarantine owed, in order. */
    owed,
    commit,
    refOf,
    /** Kept, unless named in `without`. */
    putFile: async (name: string, made: readonly TestBlob[], without: readonly TestBlob[] = []): Promise<void> => {
      for (const blob of made) if (!without.includes(blob)) await stageBlob(blobs, blob);
      await commit(chain.operation(put(name, { refs: made.map(refOf) })));
    },
    pathOf: ({ blobId }: TestBlob): string => join(dirs.blobs, blobId.slice(0, 2), blobId),
    rot: async (blob: TestBlob, at = 7): Promise<void> => flipByte(join(dirs.blobs, blob.blobId.slice(0, 2), blob.blobId), at),
    /** Of blobs and foreign files, without their reasons. */
    inQuarantine: async (): Promise<string[]> => (await readdir(dirs.quarantine)).filter((name) => !name.endsWith('.reason')),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** In the order of their ids. */
export function makeBlobs(count: number, lengthBytes = 1000): TestBlob[] {
  return Array.from({ length: count }, () => makeBlob(lengthBytes)).sort((one, other) => (one.blobId < other.blobId ? -1 : 1));
}
