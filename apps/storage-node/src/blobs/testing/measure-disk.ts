/**
 * Measures the disk layer beside what the disk can do, on the disk that has the folder named, and prints a line for each figure. Under a
 * minute; removes what it wrote.
 *
 *   node apps/storage-node/src/blobs/testing/measure-disk.ts [<folder>]
 */
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReplicatedLog } from '../../log/replicated-log.ts';
import { recordChain } from '../../log/testing/record-chain.ts';
import { VoteStore } from '../../membership/vote.ts';
import { DiskBlobStore } from '../disk-blob-store.ts';
import { makeBlob, stageBlob } from './blob-bytes.ts';

const MIB = 1024 * 1024;
const NODES = 3;
const BLOBS_EACH = 32;
const BLOBS_AT_ONCE = 2;
const RECORD_BYTES = 500;
const RECORDS = 500;

const root = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'netstore-measure-'));
const say = (what: string, figure: string): boolean => process.stdout.write(`${what.padEnd(64)} ${figure}\n`);
const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1000;
};

function sayLatency(what: string, timesMs: number[]): void {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (fraction: number): string => (sorted[Math.floor(fraction * (sorted.length - 1))] ?? 0).toFixed(2);
  say(what, `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}

async function measureLog(): Promise<void> {
  for (const folder of ['log', 'divergent']) await mkdir(join(root, folder));
  await using votes = await VoteStore.open(root);
  await using log = await ReplicatedLog.open({
    dir: join(root, 'log'),
    divergentDir: join(root, 'divergent'),
    mark: votes.current.acknowledged,
  });
  const plain: number[] = [];
  await using file = await open(join(root, 'plain'), 'w');
  await file.write(Buffer.alloc(MIB));
  await file.datasync();
  for (let index = 0; index < RECORDS; index += 1) {
    plain.push(
      (await secondsOf(() =>
        file.write(Buffer.alloc(RECORD_BYTES, index), 0, RECORD_BYTES, index * RECORD_BYTES).then(() => file.datasync()),
      )) * 1000,
    );
  }
  sayLatency('plain write of 500 B and fdatasync in a preallocated file', plain);
  const appends: number[] = [];
  const acknowledged: number[] = [];
  for (let index = 0; index < RECORDS; index += 1) {
    const records = recordChain(1, { after: log.last, payloadBytes: RECORD_BYTES });
    const appendSeconds = await secondsOf(() => log.append(records));
    appends.push(appendSeconds * 1000);
    acknowledged.push((appendSeconds + (await secondsOf(() => votes.acknowledge(log.last)))) * 1000);
  }
  sayLatency('log.append of one record', appends);
  sayLatency('log.append of one record, then votes.acknowledge', acknowledged);
  const records = recordChain(20_000, { after: log.last, payloadBytes: RECORD_BYTES });
  const seconds = await secondsOf(() => Promise.all(records.map((record) => log.append([record]))));
  say('20,000 appends asked for at once', `${Math.round(records.length / seconds)} records/s`);
  const readSeconds = await secondsOf(async () => {
    for (let seq = 1; seq <= log.last.seq; ) seq = ((await log.read(seq, 4 * MIB)).at(-1)?.seq ?? seq) + 1;
  });
  say('log.read of all, 4 MiB at a time', `${Math.round(log.last.seq / readSeconds)} records/s`);
  const mark = log.last;
  await log[Symbol.asyncDispose]();
  const openSeconds = await secondsOf(async () => {
    await using _opened = await ReplicatedLog.open({ dir: join(root, 'log'), divergentDir: join(root, 'divergent'), mark });
  });
  say(`opening a log of ${mark.seq} records`, `${(openSeconds * 1000).toFixed(0)} ms`);
}

async function measureBlobs(): Promise<void> {
  const bytes = makeBlob(8 * MIB).bytes;
  const plainSeconds = await secondsOf(() =>
    Promise.all(
      Array.from({ length: NODES }, async (_, node) => {
        await using file = await open(join(root, `sequential-${node}`), 'w');
        for (let blob = 0; blob < BLOBS_EACH; blob += 1) {
          await file.write(bytes);
          await file.datasync();
        }
      }),
    ),
  );
  const total = NODES * BLOBS_EACH * 8;
  say('ceiling: 3 sequential writers, fdatasync each 8 MiB', `${Math.round(total / plainSeconds)} MiB/s in all`);
  for (let node = 0; node < NODES; node += 1) await rm(join(root, `sequential-${node}`));

  const stores = await Promise.all(Array.from({ length: NODES }, (_, node) => openStore(`node-${node}`)));
  const blobs = Array.from({ length: BLOBS_EACH }, () => makeBlob(8 * MIB));
  const seconds = await secondsOf(() =>
    Promise.all(
      stores.flatMap((store) =>
        Array.from({ length: BLOBS_AT_ONCE }, async (_, lane) => {
          for (let index = lane; index < blobs.length; index += BLOBS_AT_ONCE) await stageBlob(store, blobs[index] ?? makeBlob(1));
        }),
      ),
    ),
  );
  say(
    `3 stores in one process, ${BLOBS_AT_ONCE} blobs of 8 MiB each at once`,
    `${Math.round(total / seconds)} MiB/s in all (${Math.round((100 * plainSeconds) / seconds)} % of the ceiling)`,
  );

  const [store] = stores;
  if (store === undefined) return;
  const readSeconds = await secondsOf(async () => {
    for (const { blobId } of blobs) for await (const _chunk of store.read(blobId, 0, 128));
  });
  say('reading 8 MiB blobs, checked, from the page cache', `${Math.round((BLOBS_EACH * 8) / readSeconds)} MiB/s`);
  const small = Array.from({ length: 600 }, () => makeBlob(4096));
  const smallSeconds = await secondsOf(() =>
    Promise.all(
      Array.from({ length: 16 }, async (_, lane) => {
        for (let index = lane; index < small.length; index += 16) await stageBlob(store, small[index] ?? makeBlob(1));
      }),
    ),
  );
  say('blobs of 4 KiB, 16 at once', `${Math.round(small.length / smallSeconds)} blobs/s`);
  for (const each of stores) await each[Symbol.asyncDispose]();
}

async function openStore(name: string): Promise<DiskBlobStore> {
  const dirs = { blobs: join(root, name, 'blobs'), staging: join(root, name, 'staging'), quarantine: join(root, name, 'quarantine') };
  for (const path of Object.values(dirs)) await mkdir(path, { recursive: true });
  return DiskBlobStore.open({ dirs, reserveFraction: 0, reserveBytesMin: 0 });
}

try {
  await measureLog();
  await measureBlobs();
} finally {
  await rm(root, { recursive: true, force: true });
}
