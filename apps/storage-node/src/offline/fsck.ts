/** Checks everything in a data directory that no node has open, and changes nothing in it. */
import { join } from 'node:path';
import type { BlobId } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import { CatalogueCopy } from '../catalogue/catalogue-copy.ts';
import { UNFINISHED_SUFFIX } from '../log/durable-file.ts';
import { scanLog } from '../log/scan-log.ts';
import type { DataPaths } from '../membership/data-directory.ts';
import type { Identity } from '../membership/identity.ts';
import { blobRefsOf } from '../replication/applier.ts';
import { checkBlobs, namesIn } from './check-blobs.ts';
import { checkCatalogue } from './check-catalogue.ts';
import { checkChain, checkRecords, checkReplay, type LogCheck } from './check-log.ts';
import { checkMembership } from './check-membership.ts';
import { checkNotebooks } from './check-notebooks.ts';
import { type Finding, note } from './finding.ts';

export interface FsckOptions {
  readonly paths: DataPaths;
  /** Empty, the caller's: the catalogue is looked at in a copy. */
  readonly workDir: string;
  readonly onFinding: (finding: Finding) => void;
  readonly onProgress: (done: FsckProgress) => Promise<void>;
}

export interface FsckProgress {
  readonly blobs: number;
  readonly bytes: number;
  readonly bytesTotal: number;
}

/** What was looked at. */
export interface FsckResult {
  readonly identity: Identity | undefined;
  readonly lastSeq: number;
  /** What this node told others it holds. */
  readonly acknowledgedSeq: number;
  readonly appliedSeq: number;
  readonly records: number;
  readonly blobs: number;
  readonly bytes: number;
}

const NO_POSITION = { seq: 0, hash: new Uint8Array(32) };

export async function fsck({ paths, workDir, onFinding, onProgress }: FsckOptions, signal: AbortSignal): Promise<FsckResult> {
  let hasProblems = false;
  const report = async (findings: Iterable<Finding> | AsyncIterable<Finding>): Promise<void> => {
    for await (const finding of findings) {
      hasProblems ||= finding.severity === 'problem';
      onFinding(finding);
    }
  };
  const { identity, vote, findings } = await checkMembership(paths.path);
  await report(findings);
  await report(checkNotebooks(paths.path));
  using copy = CatalogueCopy.make(paths.cataloguePath, workDir);
  await report(checkCatalogue(copy, paths.cataloguePath, signal));
  const { applied } = copy.opened.state;

  const mark = vote?.acknowledged ?? NO_POSITION;
  const log: LogCheck = { logDir: paths.logDir, scan: await scanLog(paths.logDir, mark.seq), mark, applied };
  const unapplied = new Map<BlobId, BlobRef>();
  let records = 0;
  await report(checkChain(log));
  await report(
    checkRecords(
      log,
      (record) => {
        records += 1;
        if (record.seq > applied.seq) for (const ref of blobRefsOf(record)) unapplied.set(ref.blobId, ref);
      },
      signal,
    ),
  );

  const done = { blobs: 0, bytes: 0 };
  const { bytes: bytesTotal } = copy.opened.blobTotals();
  const onRead = async (bytes: number): Promise<void> => {
    done.blobs += 1;
    done.bytes += bytes;
    await onProgress({ ...done, bytesTotal });
  };
  const dirs = { blobs: paths.blobsDir, staging: paths.stagingDir, quarantine: paths.quarantineDir };
  await report(checkBlobs({ dirs, copy, unapplied, onRead }, signal));
  // Last, since it changes the copy; and only of a log that is whole.
  if (!hasProblems) await report(checkReplay(copy, log, signal));
  await report(checkAsides(paths));
  return { identity, lastSeq: log.scan.end.position.seq, acknowledgedSeq: mark.seq, appliedSeq: applied.seq, records, ...done };
}

/** What the node itself put aside at some time. */
async function* checkAsides({ path, logDir, quarantineDir, divergentDir }: DataPaths): AsyncGenerator<Finding> {
  const quarantined = (await namesIn(quarantineDir)).filter((name) => !name.endsWith('.reason')).length;
  if (quarantined > 0)
    yield note(
      quarantineDir,
      `${quarantined} bad copies were put here; good ones were fetched`,
      'Look at the disk; the files may be deleted',
    );
  const divergent = (await namesIn(divergentDir)).length;
  if (divergent > 0) yield note(divergentDir, `${divergent} ends of logs that were never committed are kept here`);
  for (const folder of [path, logDir]) {
    const unfinished = (await namesIn(folder)).filter((name) => name.endsWith(UNFINISHED_SUFFIX));
    for (const name of unfinished) yield note(join(folder, name), 'It was being written when the node ended, and nothing relies on it');
  }
}
