/** What of a node survives a restart: opened in the order in which one proves the other, and what was found amiss is told. */
import type { Logger } from '@netstore/service-kit';
import { DiskBlobStore } from './blobs/disk-blob-store.ts';
import { Catalogue } from './catalogue/catalogue.ts';
import { finishInstall } from './catalogue/snapshot/finish-install.ts';
import { SnapshotShelf } from './catalogue/snapshot/snapshot-shelf.ts';
import type { Config } from './config.ts';
import { Durability } from './log/durability.ts';
import { ReplicatedLog } from './log/replicated-log.ts';
import type { DataDirectory } from './membership/data-directory.ts';
import { PeerGenerations } from './membership/peer-generations.ts';
import { VoteStore } from './membership/vote.ts';

/** Blobs stop before the disk is full, so that deletes and the log still find room. */
const RESERVE = { reserveFraction: 0.02, reserveBytesMin: 32 * 1024 * 1024 } as const;

export interface Stores {
  readonly directory: DataDirectory;
  readonly vote: VoteStore;
  readonly generations: PeerGenerations;
  readonly log: ReplicatedLog;
  readonly blobs: DiskBlobStore;
  readonly catalogue: Catalogue;
  /** What of the catalogue is given to other nodes. */
  readonly shelf: SnapshotShelf;
}

interface OpenOptions {
  readonly logger: Logger;
  readonly stack: AsyncDisposableStack;
  readonly onFatal: (error: unknown) => never;
}

export async function openStores(config: Config, directory: DataDirectory, { logger, stack, onFatal }: OpenOptions): Promise<Stores> {
  const vote = stack.use(await VoteStore.open(config.dataDir, { onFatal }));
  const generations = stack.use(await PeerGenerations.open(config.dataDir, { onFatal }));
  const installed = await finishInstall({ paths: directory, vote, durability: new Durability(onFatal) });
  if (installed !== undefined)
    logger.warn({ seq: installed.base.position.seq, isLogKept: installed.isLogKept }, 'the catalogue of another node was switched in');
  const log = stack.use(
    await ReplicatedLog.open({ dir: directory.logDir, divergentDir: directory.divergentDir, mark: vote.current.acknowledged, onFatal }),
  );
  const blobs = stack.use(
    await DiskBlobStore.open({
      dirs: { blobs: directory.blobsDir, staging: directory.stagingDir, quarantine: directory.quarantineDir },
      ...RESERVE,
      syncsAtOnce: config.syncsAtOnce,
      logger,
      onFatal,
    }),
  );
  const catalogue = stack.use(await openCatalogue(directory, logger, onFatal));
  reportRepairs({ vote, log, catalogue }, logger);
  const shelf = stack.use(await SnapshotShelf.open({ cataloguePath: directory.cataloguePath, dir: directory.snapshotDir }));
  return { directory, vote, generations, log, blobs, catalogue, shelf };
}

function openCatalogue(
  { cataloguePath, quarantineDir }: DataDirectory,
  logger: Logger,
  onFatal: (error: unknown) => never,
): Promise<Catalogue> {
  return Catalogue.open({
    path: cataloguePath,
    quarantineDir,
    onFatal,
    onDisputed: (disputed) =>
      logger.error(
        { ...disputed },
        'a checkpoint in the log is wrong: the catalogue was made again from the log because of it and still differs',
      ),
  });
}

function reportRepairs({ vote, log, catalogue }: Pick<Stores, 'vote' | 'log' | 'catalogue'>, logger: Logger): void {
  if (catalogue.movedTo !== undefined)
    logger.warn({ movedTo: catalogue.movedTo }, 'the catalogue was damaged, or of an older form: it is made again from the log');
  if (vote.damagedFiles.length > 0)
    logger.warn({ files: vote.damagedFiles }, 'a vote file was damaged and is written anew; the other one had the promise');
  if (log.tornTail !== undefined) logger.warn({ ...log.tornTail }, 'the log ended in a torn record, which nobody was told of; it was cut');
  if (log.damage !== undefined) {
    logger.error(
      { ...log.damage },
      'records that this node acknowledged are damaged: what stood behind the damage is in divergent/, and the primary sends the records again',
    );
  }
}
