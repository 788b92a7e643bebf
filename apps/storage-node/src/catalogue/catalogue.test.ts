import { readdirSync, truncateSync } from 'node:fs';
import type { BlobId, FilePath, OperationId, SpaceId } from '@netstore/shared-types';
import { BLOB_REF_BYTES } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { CHANGES_WAITING_MAX, QUERIES_WAITING_MAX } from './call-queue.ts';
import { APPLY_BYTES_MAX, Catalogue } from './catalogue.ts';
import { blobRef, CLUSTER, idOf, put, RecordChain, SPACE } from './testing/record-chain.ts';
import { scratchDirectory } from './testing/scratch.ts';

const NONE: ReadonlySet<BlobId> = new Set();
const DOCS = 'docs' as FilePath;
const PATH = 'docs/a.txt' as FilePath;

describe('a catalogue', () => {
  test('applies records in its thread and answers every question about them', async () => {
    using directory = scratchDirectory();
    await using catalogue = await Catalogue.open(directory);
    expect(catalogue.applied).toEqual({ seq: 0, hash: new Uint8Array(32) });
    expect(catalogue.movedTo).toBeUndefined();
    const chain = new RecordChain();
    chain.newEpoch(1);
    const { hash } = chain.operation(put('docs/a.txt', { refs: [blobRef(1), blobRef(2)] }));
    const applied = await catalogue.apply(chain.records, new Set([blobRef(2).blobId]));

    expect(applied[0]).toEqual({ seq: 1, committed: null });
    expect(applied[1]?.committed).toMatchObject({ operationId: idOf(2), seq: 2, epoch: 1, isReplay: false, discarded: [] });
    expect(catalogue.applied).toEqual({ seq: 2, hash: Uint8Array.from(hash) });
    expect(catalogue.clusterState).toMatchObject({ epoch: 1, primary: 'node-1', clusterId: CLUSTER });
    const { entry, versions } = await catalogue.getEntry(SPACE, PATH, { withVersions: true });
    expect([entry?.file]).toEqual(versions);
    const listing = { space: SPACE, folder: DOCS, after: null, limit: 10, sort: 'name', order: 'asc' } as const;
    expect(await catalogue.listEntries(listing)).toEqual({ isFound: true, entries: [entry], next: null });
    const file = await catalogue.getFile(SPACE, PATH, null, 150);
    expect(file).toMatchObject({ isFolder: false, entry, manifest: { contentId: 2, offsetBytes: 100 } });
    expect(await catalogue.getManifest(2, 150)).toEqual(file.manifest);
    // A view into a larger buffer would bring all of that along.
    expect(file.manifest?.blobs.buffer.byteLength).toBe(BLOB_REF_BYTES);
    expect(catalogue.applied.hash.buffer.byteLength).toBe(32);
    expect(await catalogue.getManifest(3, 0)).toBeNull();
    expect(structuredClone(await catalogue.blobsOf(2))).toEqual([blobRef(1), blobRef(2)]);
    expect(await catalogue.blobsOf(3)).toBeNull();
    expect(await catalogue.getOutcome(idOf<OperationId>(2), 0)).toEqual({ ...applied[1]?.committed, isReplay: true });
    expect(await catalogue.isReferenced([blobRef(1).blobId, blobRef(9).blobId])).toEqual(new Set([blobRef(1).blobId]));
    expect(await catalogue.usage([SPACE, idOf<SpaceId>(99)])).toEqual([file.entry?.file?.sizeBytes, 0]);
    expect(await catalogue.debt()).toEqual({ blobs: 1, bytes: 100, heldSeq: 1 });
    expect(await catalogue.nextDebt(5)).toEqual([{ ...blobRef(2), seq: 2 }]);
    await catalogue.settleDebt([blobRef(2).blobId]);
    await catalogue.addDebt([blobRef(1).blobId]);
    expect(await catalogue.nextDebt(5)).toEqual([{ ...blobRef(1), seq: 2 }]);
    expect(await catalogue.countFilesAbove(1)).toBe(1);
    expect(await catalogue.proof.digest()).toMatch(/^[0-9a-f]{64}$/);
    await catalogue.checkpoint();
  });

  test('is where it was when it is opened again', async () => {
    using directory = scratchDirectory();
    const chain = new RecordChain();
    chain.newEpoch(1);
    chain.operation(put('a'));
    const first = await Catalogue.open(directory);
    await first.apply(chain.records, NONE);
    const { applied, clusterState } = first;
    const digest = await first.proof.digest();
    await first[Symbol.asyncDispose]();
    await using second = await Catalogue.open(directory);
    expect(second.applied).toEqual(applied);
    expect(second.clusterState).toEqual(clusterState);
    expect(await second.proof.digest()).toBe(digest);
  });

  test('passes on what its thread refuses, with code and words', async () => {
    using directory = scratchDirectory();
    await using catalogue = await Catalogue.open(directory);
    const query = { space: SPACE, folder: '' as FilePath, after: 'garbage', limit: 1, sort: 'name', order: 'asc' } as const;
    await expect(catalogue.listEntries(query)).rejects.toMatchObject({ name: 'NetStoreError', code: 'NS_BAD_CURSOR' });
    const chain = new RecordChain();
    chain.operation(put('a'));
    chain.operation(put('b'));
    await expect(catalogue.apply(chain.records.slice(1), NONE)).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED' });
    expect(catalogue.applied.seq).toBe(0);
  });

  test('refuses a group that is too large for one buffer', async () => {
    using directory = scratchDirectory();
    await using catalogue = await Catalogue.open(directory);
    const record = { ...new RecordChain().operation(put('a')), encoded: new Uint8Array(APPLY_BYTES_MAX + 1) };
    await expect(catalogue.apply([record], NONE)).rejects.toThrow('Group of records is too large');
  });

  test('lets a bounded number of questions wait, and none of them keeps records from being applied', async () => {
    using directory = scratchDirectory();
    await using catalogue = await Catalogue.open(directory);
    const chain = new RecordChain();
    chain.operation(put('docs/a.txt'));
    const questions = Array.from({ length: QUERIES_WAITING_MAX + 10 }, () => catalogue.getEntry(SPACE, PATH, { withVersions: false }));
    const applied = catalogue.apply(chain.records, NONE);
    const answers = await Promise.allSettled(questions);
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(refused).toHaveLength(10);
    expect(refused[0]).toMatchObject({ code: 'NS_BUSY' });
    expect(await applied).toHaveLength(1);
    expect((await catalogue.getEntry(SPACE, PATH, { withVersions: false })).entry?.path).toBe('docs/a.txt');
  });

  test('knows its digest at every applied record, and proves its rows beside other work', async () => {
    using directory = scratchDirectory();
    await using catalogue = await Catalogue.open(directory);
    const chain = new RecordChain();
    for (let number = 1; number <= 2000; number += 1) chain.operation(put(`f${number}`, { refs: [blobRef(number)] }));
    await catalogue.apply(chain.records.slice(0, 1999), NONE);
    const before = catalogue.state.digest;
    const proving = catalogue.proof.verify(new AbortController().signal);
    await catalogue.apply(chain.records.slice(1999), NONE);
    expect(catalogue.state.digest).not.toBe(before);
    expect(await catalogue.proof.digest()).toBe(catalogue.state.digest);
    expect([await catalogue.proof.digestAt(1999), await catalogue.proof.digestAt(2000)]).toEqual([before, catalogue.state.digest]);
    let slowestMs = 0;
    let isProved = false;
    void proving.then(() => {
      isProved = true;
    });
    while (!isProved) {
      const begun = performance.now();
      await catalogue.debt();
      slowestMs = Math.max(slowestMs, performance.now() - begun);
    }
    expect(await proving).toBeGreaterThan(10_000);
    process.stdout.write(`beside a proof the slowest answer took ${slowestMs.toFixed(1)} ms\n`);
    const ending = new AbortController();
    const ended = catalogue.proof.verify(ending.signal);
    ending.abort();
    await expect(ended).rejects.toThrow();
    expect(await catalogue.proof.verify(new AbortController().signal)).toBeGreaterThan(10_000);
  });

  test('that differs from a checkpoint goes to quarantine and ends the process; made again, it goes on', async () => {
    using directory = scratchDirectory();
    const failed = Promise.withResolvers<Error>();
    const chain = new RecordChain();
    chain.operation(put('a'));
    chain.checkpoint(1, new Uint8Array(32));
    chain.operation(put('b'));
    {
      await using catalogue = await Catalogue.open({ ...directory, onFatal: failed.resolve });
      await catalogue.apply(chain.records.slice(0, 1), NONE);
      await expect(catalogue.apply(chain.records.slice(1), NONE)).rejects.toMatchObject({ code: 'NS_CATALOGUE_DAMAGED' });
      await failed.promise;
    }
    expect(readdirSync(directory.quarantineDir).some((name) => name.startsWith('catalogue.db.'))).toBe(true);
    await using again = await Catalogue.open(directory);
    expect(again.movedTo).toBeUndefined();
    expect(again.applied.seq).toBe(0);
    const applied = await again.apply(chain.records, NONE);
    expect(applied[1]?.disputed).toMatchObject({ seq: 1, checkpointDigest: '0'.repeat(64) });
    expect(again.applied.seq).toBe(3);
  });

  test('lets a bounded number of changes wait', async () => {
    using directory = scratchDirectory();
    await using catalogue = await Catalogue.open(directory);
    const changes = Array.from({ length: CHANGES_WAITING_MAX + 1 }, () => catalogue.addDebt([blobRef(1).blobId]));
    const answers = await Promise.allSettled(changes);
    expect(answers.filter((answer) => answer.status === 'rejected')).toHaveLength(1);
  });

  test('whose disk fails ends the process: what waits is refused, and so is all that follows', async () => {
    using directory = scratchDirectory();
    const failed = Promise.withResolvers<Error>();
    const catalogue = await Catalogue.open({ ...directory, onFatal: failed.resolve });
    const chain = new RecordChain();
    chain.operation(put('a'));
    await catalogue.apply(chain.records, NONE);
    truncateSync(`${directory.path}-wal`, 0);
    const checkpoint = catalogue.checkpoint();
    const behind = catalogue.debt();
    await expect(checkpoint).rejects.toThrow('Catalogue failed');
    await expect(behind).rejects.toThrow('Catalogue failed');
    expect((await failed.promise).message).toContain('disk I/O error');
    await expect(catalogue.debt()).rejects.toThrow('Catalogue failed');
    await catalogue[Symbol.asyncDispose]();
  });

  test('that cannot be opened says why', async () => {
    using directory = scratchDirectory();
    const path = `${directory.path}/absent/catalogue.db`;
    await expect(Catalogue.open({ ...directory, path })).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
  });

  test('answers nothing once it is closed', async () => {
    using directory = scratchDirectory();
    const catalogue = await Catalogue.open(directory);
    await catalogue[Symbol.asyncDispose]();
    await catalogue[Symbol.asyncDispose]();
    await expect(catalogue.debt()).rejects.toMatchObject({ code: 'NS_UNAVAILABLE' });
  });
});
