import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobId, Sha256 } from '@netstore/shared-types';
import { CHUNK_BYTES, type Chunk } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { Durability } from '../../log/durability.ts';
import { flipByte } from '../../log/testing/flip-byte.ts';
import { makeTempDir } from '../../log/testing/temp-dir.ts';
import { Catalogue } from '../catalogue.ts';
import { blobRef, put, RecordChain } from '../testing/record-chain.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { readyPath } from './finish-install.ts';
import { findBegun, IncomingSnapshot } from './incoming-snapshot.ts';
import { runSnapshotJob } from './snapshot-job.ts';
import { SnapshotShelf } from './snapshot-shelf.ts';

const SIGNAL = new AbortController().signal;
const MISSING = blobRef(7).blobId;

/** A catalogue that owes one blob, with a chain to go on with. */
async function filled() {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(scratchDirectory());
  const dir = stack.use(await makeTempDir());
  const catalogue = stack.use(await Catalogue.open(directory));
  const chain = new RecordChain();
  chain.newEpoch(3);
  for (let number = 1; number <= 500; number += 1) chain.operation(put(`folder ${number % 9}/f${number}`, { refs: [blobRef(number)] }));
  await catalogue.apply(chain.records, new Set([MISSING]));
  return { catalogue, chain, directory, dir: dir.path, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe('a copy of the catalogue', () => {
  test('is of one applied record, beside one who writes', async () => {
    await using node = await filled();
    const before = node.catalogue.state;
    const copying = runSnapshotJob({ kind: 'copy', from: node.directory.path, to: join(node.dir, 'copy.db') });
    for (let number = 0; number < 50; number += 1) {
      await node.catalogue.apply([node.chain.operation(put(`later ${number}`))], new Set());
    }
    const facts = await copying;
    expect(facts.position.seq).toBeGreaterThanOrEqual(before.applied.seq);
    expect(facts.digest).toBe(await node.catalogue.proof.digestAt(facts.position.seq));
    expect(facts.epoch).toBe(3);
    // One file, and no part of it elsewhere.
    expect(readdirSync(node.dir)).toEqual(['copy.db']);
    await node.catalogue.checkpoint();
    expect(await node.catalogue.proof.verify(SIGNAL)).toBeGreaterThan(2000);
  });

  test('becomes the catalogue of another node, which owes every blob of it', async () => {
    await using node = await filled();
    const path = join(node.dir, 'copy.db');
    const facts = await runSnapshotJob({ kind: 'copy', from: node.directory.path, to: path });
    await runSnapshotJob({ kind: 'prepare', path, expected: facts });
    await using other = await Catalogue.open({ path, quarantineDir: join(node.dir, 'quarantine') });
    expect(other.state).toEqual(node.catalogue.state);
    expect(await other.debt()).toMatchObject({ blobs: 500 });
    expect((await node.catalogue.debt()).blobs).toBe(1);
    const record = node.chain.operation(put('next'));
    await other.apply([record], new Set());
    await node.catalogue.apply([record], new Set());
    expect(other.state.digest).toBe(node.catalogue.state.digest);
    await other.proof.verify(SIGNAL);
  });

  test('that changed on its way is refused', async () => {
    await using node = await filled();
    const path = join(node.dir, 'copy.db');
    const facts = await runSnapshotJob({ kind: 'copy', from: node.directory.path, to: path });
    await flipByte(path, facts.sizeBytes >> 1);
    const refused = { code: 'NS_CATALOGUE_DAMAGED', message: expect.stringContaining('SHA-256') };
    await expect(runSnapshotJob({ kind: 'prepare', path, expected: facts })).rejects.toMatchObject(refused);
  });

  test('with another digest, record or epoch than was announced is refused', async () => {
    await using node = await filled();
    const path = join(node.dir, 'copy.db');
    const facts = await runSnapshotJob({ kind: 'copy', from: node.directory.path, to: path });
    const [digest, hash] = ['0'.repeat(64) as Sha256, new Uint8Array(32)];
    for (const changes of [{ digest }, { epoch: 4 }, { position: { seq: facts.position.seq, hash } }]) {
      copyFileSync(path, `${path}.other`);
      await expect(runSnapshotJob({ kind: 'prepare', path: `${path}.other`, expected: { ...facts, ...changes } })).rejects.toMatchObject({
        code: 'NS_CATALOGUE_DAMAGED',
      });
    }
  });

  test('says why there is none, and leaves nothing behind', async () => {
    await using dir = await makeTempDir();
    await expect(runSnapshotJob({ kind: 'copy', from: join(dir.path, 'absent.db'), to: join(dir.path, 'copy.db') })).rejects.toMatchObject({
      code: 'NS_DATA_DIRECTORY',
    });
    expect(readdirSync(dir.path)).toEqual([]);
  });
});

describe('a snapshot on its way', () => {
  const chunksOf = async (shelf: SnapshotShelf, snapshot: Parameters<SnapshotShelf['read']>[0], firstChunk: number): Promise<Chunk[]> => {
    const chunks: Chunk[] = [];
    for await (const chunk of shelf.read(snapshot, firstChunk)) chunks.push(chunk);
    return chunks;
  };

  test('is given from the shelf, the same one for a while, and goes on where it broke', async () => {
    await using node = await filled();
    await using shelf = await SnapshotShelf.open({ cataloguePath: node.directory.path, dir: node.dir });
    expect(shelf.neededSeq).toBeUndefined();
    const [snapshot, same] = await Promise.all([shelf.get(null), shelf.get(null)]);
    expect(same.snapshotId).toBe(snapshot.snapshotId);
    expect(await shelf.get('f'.repeat(32) as BlobId)).toBe(snapshot);
    expect(shelf.neededSeq).toBe(501);
    const chunks = await chunksOf(shelf, snapshot, 0);
    expect(chunks).toHaveLength(Math.ceil(snapshot.sizeBytes / CHUNK_BYTES));
    expect(chunks.length).toBeGreaterThan(3);

    await using target = await makeTempDir();
    expect(await findBegun(target.path)).toBeUndefined();
    {
      await using incoming = await IncomingSnapshot.open(target.path, { ...snapshot, firstChunk: 0 });
      await incoming.write(chunks[0] as Chunk);
      await expect(incoming.write(chunks[2] as Chunk)).rejects.toMatchObject({ code: 'NS_MESSAGE_UNEXPECTED' });
      const bad = { ...(chunks[1] as Chunk), crc: 1 };
      await expect(incoming.write(bad)).rejects.toMatchObject({ code: 'NS_CHECKSUM_MISMATCH' });
      await incoming.write(chunks[1] as Chunk);
    }
    expect(await findBegun(target.path)).toEqual({ snapshotId: snapshot.snapshotId, chunks: 2 });
    const beyond = IncomingSnapshot.open(target.path, { ...snapshot, firstChunk: 3 });
    await expect(beyond).rejects.toMatchObject({ code: 'NS_MESSAGE_UNEXPECTED' });
    await using incoming = await IncomingSnapshot.open(target.path, { ...snapshot, firstChunk: 2 });
    for (const chunk of await chunksOf(shelf, snapshot, 2)) await incoming.write(chunk);
    await incoming.finish(snapshot, new Durability());
    expect(readdirSync(target.path)).toEqual(['ready.db']);
    await using received = await Catalogue.open({ path: readyPath(target.path), quarantineDir: target.path });
    expect(received.state).toEqual(node.catalogue.state);
  });

  test('begins again with another snapshot, and leaves nothing of a bad one', async () => {
    await using node = await filled();
    await using shelf = await SnapshotShelf.open({ cataloguePath: node.directory.path, dir: node.dir });
    const snapshot = await shelf.get(null);
    await using target = await makeTempDir();
    writeFileSync(join(target.path, `incoming-${'e'.repeat(32)}.part`), Buffer.alloc(3 * CHUNK_BYTES));
    await using incoming = await IncomingSnapshot.open(target.path, { ...snapshot, firstChunk: 0 });
    for await (const chunk of shelf.read(snapshot, 0)) await incoming.write(chunk);
    expect(readdirSync(target.path)).toEqual([`incoming-${snapshot.snapshotId}.part`]);
    const other = { ...snapshot, digest: '0'.repeat(64) as Sha256 };
    await expect(incoming.finish(other, new Durability())).rejects.toMatchObject({ code: 'NS_CATALOGUE_DAMAGED' });
    expect(existsSync(readyPath(target.path))).toBe(false);
    expect(await findBegun(target.path)).toBeUndefined();
  });

  test('leaves nothing on the shelf of a node that stopped', async () => {
    await using node = await filled();
    writeFileSync(join(node.dir, 'outgoing-old.db'), 'left by a crash');
    {
      await using shelf = await SnapshotShelf.open({ cataloguePath: node.directory.path, dir: node.dir });
      expect(readdirSync(node.dir)).toEqual([]);
      await shelf.get(null);
      expect(readdirSync(node.dir)).toHaveLength(1);
    }
    expect(readdirSync(node.dir)).toEqual([]);
  });
});
