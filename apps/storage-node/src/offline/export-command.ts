/** `netstore export`: what a person sees of it. */
import { resolve } from 'node:path';
import { defineCommand, formatBytes, formatCount, type Terminal } from '@netstore/command-line';
import { parseSpaceId } from '@netstore/shared-types';
import { readDataDirectory } from '../membership/data-directory.ts';
import { type ExportProgress, type ExportResult, exportFiles } from './export.ts';
import { ExportFolder } from './export-folder.ts';

const EXIT_CODES = { whole: 0, partly: 1, failed: 2 } as const;
/** Lost files that are named on the terminal; all of them are in the manifest. */
const LOST_SHOWN_MAX = 20;

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Writes all files from the data directory of a single node, which is not running',
  details: [
    'Needs one disk and nothing else: no server, no key, no other node. Writes the current files of all spaces, with their folders, names and times, to DIR/files/SPACE/…, each checked against its SHA-256 while it is written, and DIR/manifest.json, which lists everything, with what could not be recovered and why. A space is named by its id: names of spaces are known to the auth service alone.',
    'DIR must be empty or absent; nothing is ever overwritten, and the data directory is not changed. Names that this system does not take are replaced and listed. An export without manifest.json is incomplete.',
  ],
  positionals: { DATADIR: 'data directory of the node, such as data/node-1', DIR: 'where the files go: an empty or a new folder' },
  options: {
    versions: { type: 'boolean', help: 'older versions too, to DIR/versions/…' },
    space: { type: 'string', value: 'ID', help: 'only this space' },
    json: { type: 'boolean', help: 'prints the answer as JSON' },
  },
  examples: [
    'netstore export data/node-2 rescued',
    'netstore export /mnt/old-disk/node-3 rescued --versions',
    'docker compose run --rm --no-deps --volume "$PWD/rescued:/rescued" node-1 netstore export /data /rescued',
  ],
  exitCodes: { 0: 'everything was recovered', 1: 'something was not; it is listed', 2: 'the export failed' },
  failureExitCode: EXIT_CODES.failed,
  run: async ({ options, positionals }, terminal, signal) => {
    const space = options.space === undefined ? undefined : parseSpaceId(options.space);
    using paths = await readDataDirectory(resolve(positionals.DATADIR));
    const folder = await ExportFolder.open(positionals.DIR, paths.path);
    const onProgress = (progress: ExportProgress): Promise<void> => terminal.progress(lineOf(progress));
    const result = await exportFiles({ paths, folder, withVersions: options.versions, space, onProgress }, signal);
    await terminal.clearProgress();
    if (options.json) await terminal.printJson({ directory: paths.path, exportedTo: folder.path, ...result });
    else await say(folder.path, result, terminal);
    return result.lost.length + result.problems.length === 0 ? EXIT_CODES.whole : EXIT_CODES.partly;
  },
});

function lineOf({ files, bytes, filesTotal, bytesTotal, isSyncing }: ExportProgress): string {
  if (isSyncing) return `Making ${formatCount(files, 'file')} durable`;
  return `${files} of ${formatCount(filesTotal, 'file')}, ${formatBytes(bytes)} of ${formatBytes(bytesTotal)}`;
}

async function say(path: string, { files, folders, bytes, lost, renamed, problems }: ExportResult, terminal: Terminal): Promise<void> {
  const { style } = terminal;
  const lines = [`Wrote ${formatCount(files, 'file')} (${formatBytes(bytes)}) and ${formatCount(folders, 'folder')} to ${path}.`];
  if (renamed > 0) lines.push(`${formatCount(renamed, 'name')} had to be replaced: manifest.json says which.`);
  for (const text of problems) lines.push(style('bad', text));
  if (lost.length > 0) lines.push(style('bad', `${formatCount(lost.length, 'file')} could not be recovered:`));
  for (const { space, path: name, problem } of lost.slice(0, LOST_SHOWN_MAX)) lines.push(`- ${space}/${name}: ${problem}`);
  if (lost.length > LOST_SHOWN_MAX) lines.push(`- and ${lost.length - LOST_SHOWN_MAX} more: manifest.json lists them`);
  await terminal.print(lines.join('\n'));
}
