/** Three real nodes whose disks go bad: every fault is found, nothing bad is served, nothing is deleted, and good copies come back. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeId } from '@netstore/shared-types';
import { type BlobRef, filesAtRiskOf, lostBlobsOf, type ScrubAction, type ScrubState, unpackBlobRefs } from '@netstore/wire-protocol';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flipByte } from '../../support/flip-byte.ts';
import { operate } from '../../support/operator.ts';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { waitUntil } from '../../support/wait-until.ts';
import type { WireClient } from '../../support/wire-client.ts';

const [firstId, secondId, thirdId] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const REPAIR_MS = 20_000;
const ROUND_MS = 40_000;

let nodes: StorageNodes;
let primary: WireClient;

beforeAll(async () => {
  nodes = await startStorageNodes();
  primary = nodes.client(firstId);
});
afterAll(async () => {
  await primary?.[Symbol.asyncDispose]();
  await nodes?.[Symbol.asyncDispose]();
});

/** A file of two blobs that every node holds. */
let bytes: Buffer;
let blobs: readonly [BlobRef, BlobRef];
let files = 0;
beforeEach(async () => {
  files += 1;
  bytes = randomBytes(600_000);
  await primary.putFile(`file-${files}`, bytes, { blobBytes: 300_000 });
  await nodes.untilReady();
  const { manifest } = await primary.file(`file-${files}`);
  blobs = unpackBlobRefs(manifest?.blobs ?? new Uint8Array()) as unknown as readonly [BlobRef, BlobRef];
  for (const id of nodes.ids) {
    await waitUntil(`${id} keeps the file`, REPAIR_MS, () => blobs.every((ref) => existsSync(pathOf(id, ref))));
  }
});

describe('a copy on one node', () => {
  test('whose bits flip is found by a round, moved aside, fetched again and proven', async () => {
    const before = await scrub(secondId, 'status');
    rot(secondId, blobs[0]);
    const { startedAtMs } = await scrubbed(secondId);
    const after = await surveyed(secondId);
    expect(after.faultsFound).toBe(before.faultsFound + 1);
    expect(after.faultsRepaired).toBe(before.faultsRepaired + 1);
    expect(after.lostBlobs).toBe(0);
    expect(after.oldestVerifiedAtMs).toBe(startedAtMs);
    expect(after.blobsDone).toBe(after.blobsTotal);
    expect(after.recordsVerified).toBeGreaterThan(0);
    expect(quarantined(secondId, blobs[0])).toHaveLength(1);
    expect(await readFrom(secondId, blobs[0])).toEqual(bytes.subarray(0, 300_000));
    expect(await metric(secondId, 'netstore_faults_found_total', { kind: 'blob', finder: 'scrub' })).toBe(after.faultsFound);
    expect(await metric(secondId, 'netstore_faults_repaired_total', { kind: 'blob' })).toBe(after.faultsRepaired);
    expect(await metric(secondId, 'netstore_blobs_lost')).toBe(0);
    expect(await metric(secondId, 'netstore_oldest_proof_age_seconds')).toBeLessThan(60);
    const status = await nodes.status(secondId);
    expect(status).toMatchObject({ diskProblem: null, scrub: { state: 'idle', finishedAtMs: after.finishedAtMs, lostBlobs: 0 } });
    expect(status?.quarantined).toBe(await metric(secondId, 'netstore_quarantined_files'));
    expect(status?.quarantined).toBeGreaterThan(0);
  });

  test('has its time of proof renewed by a round, and every file shows it', async () => {
    utimesSync(pathOf(thirdId, blobs[0]), 1, 1);
    const { startedAtMs } = await scrubbed(thirdId);
    expect(statSync(pathOf(thirdId, blobs[0])).mtimeMs).toBeGreaterThanOrEqual(startedAtMs ?? Number.POSITIVE_INFINITY);
  });

  test('that ends too early, is gone, or is another blob, is found and made good', async () => {
    const before = await scrub(thirdId, 'status');
    truncateSync(pathOf(thirdId, blobs[0]), 100_000);
    rmSync(pathOf(thirdId, blobs[1]));
    await scrubbed(thirdId);
    swapFiles(pathOf(thirdId, blobs[0]), pathOf(thirdId, blobs[1]));
    await scrubbed(thirdId);
    const after = await scrub(thirdId, 'status');
    expect(after.faultsFound - before.faultsFound).toBe(4);
    expect(after.faultsRepaired - before.faultsRepaired).toBe(4);
    for (const [index, ref] of blobs.entries()) {
      expect(await readFrom(thirdId, ref)).toEqual(bytes.subarray(300_000 * index, 300_000 * (index + 1)));
    }
  });
});

describe('copies on several nodes', () => {
  test('on two nodes: the third serves it, and both are made good', async () => {
    for (const id of [firstId, secondId]) rot(id, blobs[0]);
    await expect(readFrom(firstId, blobs[0])).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
    expect(await readFrom(thirdId, blobs[0])).toEqual(bytes.subarray(0, 300_000));
    await scrubbed(secondId);
    for (const id of [firstId, secondId]) {
      await waitUntil(`${id} has a good copy`, REPAIR_MS, () => hasCopy(id, blobs[0], bytes.subarray(0, 300_000)));
      expect(quarantined(id, blobs[0])).toHaveLength(1);
    }
  });
});

describe('what does not belong into blobs/', () => {
  test('is moved out of it and deleted by nobody', async () => {
    const loose = await primary.putBlob(randomBytes(1000));
    const strayPath = pathOf(secondId, loose);
    renameSync(join(nodes.dataDir(secondId), 'staging', loose.blobId), strayPath);
    writeFileSync(join(nodes.dataDir(secondId), 'blobs', '7f', 'notes.txt'), 'of a person');
    const before = await scrub(secondId, 'status');
    const after = await scrub(secondId, 'verify');
    expect(after.strayFiles - before.strayFiles).toBe(2);
    expect(existsSync(join(nodes.dataDir(secondId), 'staging', loose.blobId))).toBe(true);
    const aside = readdirSync(join(nodes.dataDir(secondId), 'quarantine')).find((name) => name.includes('notes.txt'));
    expect(readFileSync(join(nodes.dataDir(secondId), 'quarantine', aside ?? ''), 'utf8')).toBe('of a person');
    expect(await metric(secondId, 'netstore_stray_files_total')).toBe(after.strayFiles);
  });
});

describe('the census', () => {
  test('is equal on all nodes at one record, and shows who lacks what', async () => {
    const all = await Promise.all(nodes.ids.map((id) => scrub(id, 'verify')));
    const [one, ...others] = all.map(({ census }) => census);
    expect(one?.blobs).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(one);
  });
});

describe('the log', () => {
  test('of a running node: a flipped bit is found and put right from a peer', async () => {
    const segment = join(nodes.dataDir(secondId), 'log', readdirSync(join(nodes.dataDir(secondId), 'log'))[0] as string);
    const good = readFileSync(segment);
    flipByte(segment, 300);
    const before = await scrub(secondId, 'status');
    await scrubbed(secondId);
    const after = await scrub(secondId, 'status');
    expect(after.faultsFound - before.faultsFound).toBe(1);
    expect(after.faultsRepaired - before.faultsRepaired).toBe(1);
    expect(readFileSync(segment).subarray(0, 4096)).toEqual(good.subarray(0, 4096));
  });
});

describe('the catalogue', () => {
  test('of a running node that was changed behind its back ends the node, and is made again from the log', async () => {
    const database = new Database(join(nodes.dataDir(thirdId), 'catalogue.db'));
    database.exec('UPDATE contents SET sizeBytes = sizeBytes + 1');
    database.close();
    await scrub(thirdId, 'start');
    await waitUntil('it has ended', REPAIR_MS, () => nodes.hasEnded(thirdId));
    nodes.start(thirdId);
    await upAgain(thirdId);
    expect(readdirSync(join(nodes.dataDir(thirdId), 'quarantine')).some((name) => name.startsWith('catalogue.db'))).toBe(true);
    const [first, third] = await Promise.all([firstId, thirdId].map((id) => scrub(id, 'verify')));
    expect(third?.census).toEqual(first?.census);
  });
});

describe('a round', () => {
  test('goes on after a restart with what it had proven', async () => {
    const { startedAtMs, finishedAtMs } = await scrubbed(thirdId);
    await nodes.kill(thirdId, 'SIGTERM');
    nodes.start(thirdId);
    await upAgain(thirdId);
    expect(await scrub(thirdId, 'status')).toMatchObject({ finishedAtMs, oldestVerifiedAtMs: startedAtMs });
  });
});

describe('no good copy anywhere', () => {
  test('is an alarm and deletes nothing; a copy that comes back ends it', async () => {
    const good = readFileSync(pathOf(firstId, blobs[1]));
    for (const id of nodes.ids) rot(id, blobs[1]);
    for (const id of nodes.ids) await expect(readFrom(id, blobs[1])).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
    for (const id of nodes.ids) {
      await waitUntil(`${id} says that a blob is lost`, REPAIR_MS, async () => (await scrub(id, 'status')).lostBlobs === 1);
      expect(await metric(id, 'netstore_blobs_lost')).toBe(1);
      expect(quarantined(id, blobs[1])).toHaveLength(1);
      expect((await nodes.status(id))?.scrub.lostBlobs).toBe(1);
    }
    const reports = await Promise.all(nodes.ids.map(async (nodeId) => ({ nodeId, status: (await nodes.status(nodeId)) ?? null })));
    expect(lostBlobsOf(reports)).toBe(1);
    expect(filesAtRiskOf(reports)).toBeGreaterThan(0);
    expect(nodes.log).toContain('a blob is lost: no node has a good copy of it');
    expect(await readFrom(secondId, blobs[0])).toEqual(bytes.subarray(0, 300_000));
    writeFileSync(pathOf(secondId, blobs[1]), good);
    for (const id of nodes.ids) {
      await waitUntil(`${id} has it back`, REPAIR_MS, () => hasCopy(id, blobs[1], bytes.subarray(300_000)));
      await waitUntil(`${id} says that none is lost`, REPAIR_MS, async () => (await scrub(id, 'status')).lostBlobs === 0);
    }
  });
});

async function upAgain(id: NodeId): Promise<void> {
  await waitUntil(`${id} is up again`, REPAIR_MS, async () => (await nodes.status(id))?.reason === null);
  await nodes.untilReady();
}

function scrub(id: NodeId, action: ScrubAction): Promise<ScrubState> {
  return operate(nodes, id).scrub(action);
}

/** A whole round, from its beginning to its end. */
async function scrubbed(id: NodeId): Promise<ScrubState> {
  const begun = await scrub(id, 'start');
  let state = begun;
  await waitUntil(`${id} has proven everything`, ROUND_MS, async () => {
    state = await scrub(id, 'status');
    return state.state === 'idle' && (state.finishedAtMs ?? 0) >= (begun.startedAtMs ?? Number.POSITIVE_INFINITY);
  });
  return state;
}

/** What the node says once it has asked the others about what was found bad: before that nobody knows whether it is lost. */
async function surveyed(id: NodeId): Promise<ScrubState> {
  let state = await scrub(id, 'status');
  await waitUntil(`${id} knows what is lost`, REPAIR_MS, async () => {
    state = await scrub(id, 'status');
    return state.lostBlobs !== null;
  });
  return state;
}

async function readFrom(id: NodeId, ref: BlobRef): Promise<Buffer> {
  await using client = nodes.client(id);
  return await client.readBlob(ref);
}

async function hasCopy(id: NodeId, ref: BlobRef, expected: Buffer): Promise<boolean> {
  return (await readFrom(id, ref).catch(() => undefined))?.equals(expected) === true;
}

async function metric(id: NodeId, name: string, labels: Record<string, string> = {}): Promise<number> {
  const text = await (await fetch(`${nodes.healthUrl(id)}/metrics`)).text();
  const line = text
    .split('\n')
    .find(
      (candidate) =>
        candidate.startsWith(`${name}{`) && Object.entries(labels).every(([key, value]) => candidate.includes(`${key}="${value}"`)),
    );
  return Number(line?.split(' ').at(-1));
}

function pathOf(id: NodeId, { blobId }: BlobRef): string {
  return join(nodes.dataDir(id), 'blobs', blobId.slice(0, 2), blobId);
}

function quarantined(id: NodeId, { blobId }: BlobRef): string[] {
  return readdirSync(join(nodes.dataDir(id), 'quarantine')).filter((name) => name.startsWith(blobId) && !name.endsWith('.reason'));
}

function rot(id: NodeId, ref: BlobRef): void {
  flipByte(pathOf(id, ref), 1_000);
}

function swapFiles(one: string, other: string): void {
  renameSync(one, `${one}.swap`);
  renameSync(other, one);
  renameSync(`${one}.swap`, other);
}
