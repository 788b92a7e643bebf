/** The data directory of a node that was stopped, made with the node's own parts, with files of which the test knows the bytes. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobId, type NodeId, newClusterId, newIncarnation } from '@netstore/shared-types';
import type { BlobRef, Operation, PutOperation } from '@netstore/wire-protocol';
import { DiskBlobStore } from '../../blobs/disk-blob-store.ts';
import { makeBlob, stageBlob, type TestBlob } from '../../blobs/testing/blob-bytes.ts';
import { openDatabase } from '../../catalogue/open-database.ts';
import { OpenedCatalogue } from '../../catalogue/opened-catalogue.ts';
import { put, RecordChain } from '../../catalogue/testing/record-chain.ts';
import type { LogRecord } from '../../log/record.ts';
import { ReplicatedLog } from '../../log/replicated-log.ts';
import { openDataDirectory } from '../../membership/data-directory.ts';
import { writeIdentity } from '../../membership/identity.ts';
import { VoteStore } from '../../membership/vote.ts';

export interface StoppedNodeOptions {
  /** Records at the end of the log that the catalogue has not applied. */
  readonly unapplied?: number;
  /** Records at the end of the log that were not acknowledged. */
  readonly unacknowledged?: number;
  /** All but the end of the log was let go. */
  readonly isCompacted?: boolean;
}

/** A handful of records fill one. */
const SMALL_SEGMENT_BYTES = 2048;

/** What happened on the node before it was stopped. */
export class NodeHistory {
  readonly chain = new RecordChain();
  readonly blobs: TestBlob[] = [];

  constructor() {
    this.chain.newEpoch(1);
  }

  /** Gives the content. */
  put(path: string, blobLengths: readonly number[] = []): Buffer {
    const blobs = blobLengths.map((length) => makeBlob(length));
    this.blobs.push(...blobs);
    const content = Buffer.concat(blobs.map(({ bytes }) => bytes));
    const operation: PutOperation = { ...put(path, { refs: blobs.map(refOf) }), sha256: createHash('sha256').update(content).digest() };
    this.chain.operation(operation);
    return content;
  }

  operation(operation: Operation): void {
    this.chain.operation(operation);
  }

  /** Makes the directory as the node would have left it. */
  async write(path: string, { unapplied = 0, unacknowledged = 0, isCompacted = false }: StoppedNodeOptions = {}): Promise<void> {
    const { records } = this.chain;
    await using directory = await openDataDirectory(path);
    await using vote = await VoteStore.open(path);
    await writeIdentity(path, { clusterId: newClusterId(), nodeId: 'node-1' as NodeId, incarnation: newIncarnation() });
    await using log = await ReplicatedLog.open({
      dir: directory.logDir,
      divergentDir: directory.divergentDir,
      mark: vote.current.acknowledged,
      ...(isCompacted ? { segmentBytes: SMALL_SEGMENT_BYTES } : {}),
    });
    await log.append(records);
    const acknowledged = records.at(-1 - unacknowledged);
    if (acknowledged !== undefined) await vote.acknowledge({ seq: acknowledged.seq, hash: acknowledged.hash });
    await this.#writeBlobs(directory);
    const { database } = openDatabase({ path: directory.cataloguePath, quarantineDir: directory.quarantineDir });
    const catalogue = new OpenedCatalogue(database);
    catalogue.apply(encoded(records.slice(0, records.length - unapplied)), []);
    catalogue.close();
    if (isCompacted) await log.compact(log.segments.length);
  }

  async #writeBlobs({
    blobsDir,
    stagingDir,
    quarantineDir,
  }: {
    blobsDir: string;
    stagingDir: string;
    quarantineDir: string;
  }): Promise<void> {
    const dirs = { blobs: blobsDir, staging: stagingDir, quarantine: quarantineDir };
    await using store = await DiskBlobStore.open({ dirs, reserveFraction: 0, reserveBytesMin: 0 });
    for (const blob of this.blobs) {
      await stageBlob(store, blob);
      await store.keep(blob.blobId);
    }
  }
}

function refOf({ blobId, bytes, crcTableSha256 }: TestBlob): BlobRef {
  return { blobId, lengthBytes: bytes.length, crcTableSha256 };
}

function encoded(records: readonly LogRecord[]): Buffer {
  return Buffer.concat(records.map((record) => record.encoded));
}

export function blobPath(dataDir: string, blobId: BlobId): string {
  return join(dataDir, 'blobs', blobId.slice(0, 2), blobId);
}

/** The only segment. */
export async function segmentPath(dataDir: string): Promise<string> {
  const [name = ''] = (await readdir(join(dataDir, 'log'))).filter((each) => each.endsWith('.log'));
  return join(dataDir, 'log', name);
}

/** Every file below a folder with its size, time and bytes: what must be the same before and after a look. */
export async function fingerprintOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    const { size, mtimeMs, mode } = await stat(path);
    const digest = (await stat(path)).isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : 'folder';
    found[name] = `${size} ${mtimeMs} ${mode} ${digest}`;
  }
  return found;
}
