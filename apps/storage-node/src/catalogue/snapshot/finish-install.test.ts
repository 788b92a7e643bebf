/** Switching a snapshot in: whole or not at all, whatever step a crash comes after. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Durability } from '../../log/durability.ts';
import { ReplicatedLog } from '../../log/replicated-log.ts';
import { atEverySync } from '../../log/testing/at-every-sync.ts';
import { makeTempDir } from '../../log/testing/temp-dir.ts';
import type { DataPaths } from '../../membership/data-directory.ts';
import { VoteStore } from '../../membership/vote.ts';
import { Catalogue } from '../catalogue.ts';
import { openDatabase } from '../open-database.ts';
import { OpenedCatalogue } from '../opened-catalogue.ts';
import { put, RecordChain } from '../testing/record-chain.ts';
import { finishInstall, readyPath } from './finish-install.ts';
import { manifestPath, writeManifest } from './install-manifest.ts';
import { runSnapshotJob } from './snapshot-job.ts';

const pathsOf = (path: string): DataPaths => ({
  path,
  logDir: join(path, 'log'),
  blobsDir: join(path, 'blobs'),
  stagingDir: join(path, 'staging'),
  quarantineDir: join(path, 'quarantine'),
  divergentDir: join(path, 'divergent'),
  cataloguePath: join(path, 'catalogue.db'),
  snapshotDir: join(path, 'snapshot'),
});

const chain = new RecordChain();
for (let number = 1; number <= 60; number += 1) chain.operation(put(`f${number}`));
const positionOf = (seq: number) => ({ seq, hash: Buffer.from(chain.records[seq - 1]?.hash ?? new Uint8Array(32)) });

async function openLog(paths: DataPaths, vote: VoteStore): Promise<ReplicatedLog> {
  const { logDir: dir, divergentDir } = paths;
  return await ReplicatedLog.open({ dir, divergentDir, mark: vote.current.acknowledged, segmentBytes: 4096 });
}

/** A node at record 20, with a snapshot of record 50 that is proved and lies ready, and no manifest. */
async function behind(path: string, acknowledgedSeq = 20, loggedSeq = 20): Promise<DataPaths> {
  const paths = pathsOf(path);
  const { logDir, divergentDir, quarantineDir, snapshotDir, cataloguePath } = paths;
  for (const dir of [logDir, divergentDir, quarantineDir, snapshotDir]) mkdirSync(dir);
  await using source = await makeTempDir();
  {
    await using other = await Catalogue.open({ path: join(source.path, 'c.db'), quarantineDir });
    await other.apply(chain.records.slice(0, 50), new Set());
  }
  const facts = await runSnapshotJob({ kind: 'copy', from: join(source.path, 'c.db'), to: readyPath(snapshotDir) });
  await runSnapshotJob({ kind: 'prepare', path: readyPath(snapshotDir), expected: facts });
  await using own = await Catalogue.open({ path: cataloguePath, quarantineDir });
  await own.apply(chain.records.slice(0, 20), new Set());
  await using vote = await VoteStore.open(path);
  await using log = await openLog(paths, vote);
  await log.append(chain.records.slice(0, loggedSeq));
  await vote.acknowledge(positionOf(acknowledgedSeq));
  return paths;
}

const BASE = { position: positionOf(50), epoch: 1 };
const durability = new Durability();

async function install(paths: DataPaths): Promise<void> {
  await using vote = await VoteStore.open(paths.path);
  await finishInstall({ paths, vote, durability });
}

describe('a snapshot that was decided upon', () => {
  test('takes the place of catalogue and log, which go aside, and the node goes on from there', async () => {
    await using dir = await makeTempDir();
    const paths = await behind(dir.path);
    await writeManifest(paths.path, { base: BASE, isLogKept: false }, durability);
    await install(paths);
    await using vote = await VoteStore.open(paths.path);
    await using log = await openLog(paths, vote);
    await using catalogue = await Catalogue.open({ path: paths.cataloguePath, quarantineDir: paths.quarantineDir });
    expect(catalogue.applied.seq).toBe(50);
    expect(log.base).toEqual(positionOf(50));
    expect(log.last).toEqual(positionOf(50));
    expect(log.lastEpoch).toBe(1);
    expect(vote.current.acknowledged).toMatchObject({ seq: 50 });
    expect(readdirSync(paths.divergentDir).length).toBeGreaterThan(0);
    expect(readdirSync(paths.quarantineDir).some((name) => name.startsWith('catalogue.db'))).toBe(true);
    expect(readdirSync(paths.path)).not.toContain('SNAPSHOT');
    await log.append(chain.records.slice(50));
    await catalogue.apply(chain.records.slice(50), new Set());
    expect(log.last.seq).toBe(60);
  });

  test('is the old node or the new one after a crash at any step, and never a mix', async () => {
    await using dir = await makeTempDir();
    const paths = await behind(dir.path);
    await using crashed = await atEverySync(dir.path, async () => {
      await writeManifest(paths.path, { base: BASE, isLogKept: false }, durability);
      await install(paths);
    });
    const ends = new Set<string>();
    for (const { path } of crashed.copies) {
      const found = pathsOf(path);
      await install(found);
      await using vote = await VoteStore.open(path);
      await using log = await openLog(found, vote);
      const { database, movedTo } = openDatabase({ path: found.cataloguePath, quarantineDir: found.quarantineDir });
      expect(movedTo).toBeUndefined();
      expect(log.damage).toBeUndefined();
      ends.add(`${new OpenedCatalogue(database).state.applied.seq} ${log.base.seq} ${log.last.seq} ${vote.current.acknowledged.seq}`);
      database.close();
    }
    expect(ends).toEqual(new Set(['20 0 20 20', '50 50 50 50']));
  });

  test('leaves a log that contains its record as it is', async () => {
    await using dir = await makeTempDir();
    const paths = await behind(dir.path, 55, 60);
    await writeManifest(paths.path, { base: BASE, isLogKept: true }, durability);
    await install(paths);
    await using vote = await VoteStore.open(paths.path);
    await using log = await openLog(paths, vote);
    expect([log.base.seq, log.last.seq, vote.current.acknowledged.seq]).toEqual([0, 60, 55]);
    await using catalogue = await Catalogue.open({ path: paths.cataloguePath, quarantineDir: paths.quarantineDir });
    expect(catalogue.applied.seq).toBe(50);
  });

  test('does not make a node forget what it acknowledged beyond it', async () => {
    await using dir = await makeTempDir();
    const paths = await behind(dir.path, 55, 60);
    await writeManifest(paths.path, { base: BASE, isLogKept: false }, durability);
    await install(paths);
    await using vote = await VoteStore.open(paths.path);
    await using log = await openLog(paths, vote);
    expect(log.damage).toMatchObject({ seq: 51, markSeq: 55 });
  });

  test('is not switched in without its manifest, nor with a damaged one', async () => {
    await using dir = await makeTempDir();
    const paths = await behind(dir.path);
    await using copy = await makeTempDir();
    await cp(dir.path, copy.path, { recursive: true });
    await install(paths);
    expect(readdirSync(paths.snapshotDir)).toEqual([]);
    await using catalogue = await Catalogue.open({ path: paths.cataloguePath, quarantineDir: paths.quarantineDir });
    expect(catalogue.applied.seq).toBe(20);

    const damaged = pathsOf(copy.path);
    await writeManifest(damaged.path, { base: BASE, isLogKept: false }, durability);
    const text = readFileSync(manifestPath(damaged.path), 'latin1');
    writeFileSync(manifestPath(damaged.path), text.replace('seq 50', 'seq 51'));
    await expect(install(damaged)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
    expect(readdirSync(damaged.snapshotDir)).toEqual(['ready.db']);
  });
});
