/** `netstore fsck`: what a person sees of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defineCommand, formatBytes, formatCount, type Style, type Terminal } from '@netstore/command-line';
import { readDataDirectory } from '../membership/data-directory.ts';
import type { Finding } from './finding.ts';
import { type FsckResult, fsck } from './fsck.ts';

const EXIT_CODES = { clean: 0, problems: 1, unknown: 2 } as const;

export const fsckCommand = defineCommand({
  name: 'fsck',
  summary: 'Checks the data directory of a node that is not running, changes nothing',
  details: [
    'Checks identity and votes, every record of the log, the catalogue, and every byte of every blob, and whether they fit together. Opens nothing for writing: the disk may be mounted read-only. Says of each problem the file, the place in it, and what to do. Nothing is repaired here: a node repairs itself from the two others.',
  ],
  positionals: { DATADIR: 'data directory of the node, such as data/node-1' },
  options: {
    'temp-dir': {
      type: 'string',
      value: 'DIR',
      help: 'where the copy of the catalogue is made that is looked at (the system’s folder for temporary files)',
    },
    json: { type: 'boolean', help: 'prints the answer as JSON' },
  },
  examples: ['netstore fsck data/node-1', 'docker compose run --rm --no-deps node-1 netstore fsck /data'],
  exitCodes: { 0: 'clean', 1: 'there are problems', 2: 'it could not be checked' },
  failureExitCode: EXIT_CODES.unknown,
  run: async ({ options, positionals }, terminal, signal) => {
    using paths = await readDataDirectory(resolve(positionals.DATADIR));
    const workDir = await mkdtemp(join(options['temp-dir'] ?? tmpdir(), 'netstore-fsck-'));
    const findings: Finding[] = [];
    try {
      const onProgress = ({ bytes, bytesTotal }: { bytes: number; bytesTotal: number }): Promise<void> =>
        terminal.progress(`Reading blobs: ${formatBytes(bytes)} of ${formatBytes(bytesTotal)}`);
      const result = await fsck({ paths, workDir, onFinding: (finding) => findings.push(finding), onProgress }, signal);
      await terminal.clearProgress();
      if (options.json) await terminal.printJson(jsonOf(paths.path, result, findings));
      else await say(paths.path, { result, findings }, terminal);
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
    return findings.some(({ severity }) => severity === 'problem') ? EXIT_CODES.problems : EXIT_CODES.clean;
  },
});

interface Checked {
  readonly result: FsckResult;
  readonly findings: readonly Finding[];
}

async function say(path: string, { result, findings }: Checked, terminal: Terminal): Promise<void> {
  const { style } = terminal;
  const problems = findings.filter(({ severity }) => severity === 'problem');
  const { identity, records, blobs, bytes, lastSeq, acknowledgedSeq, appliedSeq } = result;
  await terminal.print(
    [
      identity === undefined ? path : `${path}: ${identity.nodeId} of cluster ${identity.clusterId}`,
      `Log: ${formatCount(records, 'record')} up to ${lastSeq}, acknowledged up to ${acknowledgedSeq}, applied up to ${appliedSeq}.`,
      `Blobs: ${formatCount(blobs, 'blob')}, ${formatBytes(bytes)} read.`,
      ...findings.map((finding) => lineOf(finding, style)),
      problems.length === 0 ? style('good', 'Clean.') : style('bad', `${formatCount(problems.length, 'problem')}. Nothing was changed.`),
    ].join('\n'),
  );
}

function lineOf({ severity, path, offset, what, wayOut }: Finding, style: Style): string {
  const place = offset === null ? path : `${path} at byte ${offset}`;
  return `${style(severity === 'problem' ? 'bad' : 'quiet', severity)} ${place}: ${what}. ${wayOut}.`;
}

/** The documented shape (docs/operations.md): fields are added, never renamed. */
function jsonOf(path: string, { identity, ...counts }: FsckResult, findings: readonly Finding[]): unknown {
  const of = (wanted: Finding['severity']): unknown =>
    findings.filter(({ severity }) => severity === wanted).map(({ severity: _, ...rest }) => rest);
  return {
    directory: path,
    node: identity ?? null,
    ...counts,
    isClean: !findings.some(({ severity }) => severity === 'problem'),
    problems: of('problem'),
    notes: of('note'),
  };
}
