/**
 * Switches a received snapshot in, before anything of the node is open: the catalogue it had goes to quarantine and its log, unless it
 * contains the snapshot's record, to divergent/. Every step may be interrupted and done again; the manifest goes last.
 */
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toDiskError } from '../../log/disk-error.ts';
import { moveSegmentAside } from '../../log/divergent.ts';
import type { Durability } from '../../log/durability.ts';
import { syncFolder } from '../../log/durable-file.ts';
import { writeBase } from '../../log/log-base.ts';
import { isSegmentName } from '../../log/segment-header.ts';
import type { DataPaths } from '../../membership/data-directory.ts';
import type { VoteStore } from '../../membership/vote.ts';
import { moveCatalogueAside } from '../open-database.ts';
import { type InstallManifest, manifestPath, readManifest } from './install-manifest.ts';
import { removeCopy } from './snapshot-file.ts';

/** What was proved and is to become the catalogue. */
export const readyPath = (snapshotDir: string): string => join(snapshotDir, 'ready.db');

export interface InstallPlace {
  readonly paths: DataPaths;
  readonly vote: VoteStore;
  readonly durability: Durability;
}

/** What was installed; undefined when nothing was to be. */
export async function finishInstall({ paths, vote, durability }: InstallPlace): Promise<InstallManifest | undefined> {
  const manifest = await readManifest(paths.path);
  // Without a manifest, what is ready was never decided upon.
  if (manifest === undefined) {
    removeCopy(readyPath(paths.snapshotDir));
    return undefined;
  }
  await switchCatalogue(paths, durability);
  if (!manifest.isLogKept) await resetLog(paths, manifest, durability);
  await raiseMark(vote, manifest);
  try {
    await rm(manifestPath(paths.path));
  } catch (error) {
    throw toDiskError(error, 'Finishing the switch to a snapshot');
  }
  await syncFolder(paths.path, durability);
  return manifest;
}

/** Once the ready file is gone from its folder, the catalogue is what it was. */
async function switchCatalogue({ path, cataloguePath, quarantineDir, snapshotDir }: DataPaths, durability: Durability): Promise<void> {
  const ready = readyPath(snapshotDir);
  if (existsSync(ready)) {
    if (existsSync(cataloguePath)) moveCatalogueAside({ path: cataloguePath, quarantineDir });
    await syncFolder(quarantineDir, durability);
    try {
      await rename(ready, cataloguePath);
    } catch (error) {
      throw toDiskError(error, 'Switching to a snapshot');
    }
  }
  await syncFolder(snapshotDir, durability);
  await syncFolder(path, durability);
}

async function resetLog({ logDir, divergentDir }: DataPaths, { base }: InstallManifest, durability: Durability): Promise<void> {
  await writeBase(logDir, base, durability);
  const names = (await readdir(logDir)).filter(isSegmentName).sort();
  for (const name of names.toReversed()) await moveSegmentAside(divergentDir, join(logDir, name), durability);
}

/**
 * What this node acknowledged up to there is in the snapshot, or was never committed. A mark above it stays: those records it has still
 * to get back before it can be counted on for them.
 */
async function raiseMark(vote: VoteStore, { base }: InstallManifest): Promise<void> {
  if (vote.current.acknowledged.seq <= base.position.seq) await vote.acknowledge(base.position, { allowLower: true });
}
