/**
 * Runs before `npm start` and `npm test`: brings node_modules to exactly what package-lock.json says, and does nothing when it is there already.
 * Plain JavaScript without dependencies, because a fresh clone has none, and because it must run on the machine's own Node (20 or newer).
 *
 * Install scripts stay off: the native modules carry their binaries, and npm would otherwise try to compile them. The one exception is the package
 * `node`, which brings the Node that everything else runs on.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.installed-from');

/** What an installation depends on: a checkout that is moved to another kind of machine needs other binaries. */
function expectedStamp() {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lockfile).update(`${process.platform} ${process.arch}`).digest('hex');
}

function presentStamp() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}

/** npm itself must not run on the Node inside node_modules, which it is about to replace. */
function pathWithoutProject() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, 'node_modules') + sep))
    .join(delimiter);
}

function npm(...args) {
  const done = spawnSync('npm', args, {
    cwd: root,
    // Lines on stdout belong to the command that the user asked for.
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    env: { ...process.env, PATH: pathWithoutProject() },
    shell: process.platform === 'win32',
  });
  if (done.status === 0) return;
  console.error(
    `\nInstalling failed: "npm ${args.join(' ')}" ended with ${done.error?.message ?? done.signal ?? `exit code ${done.status}`}.`,
  );
  console.error('The lines above say why. Nothing is half done: run the same command again when the cause is gone.');
  process.exit(1);
}

const stamp = expectedStamp();
if (presentStamp() !== stamp) {
  console.error('Installing what is missing. This happens once, and again only when package-lock.json changes.');
  npm('ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
  npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
  writeFileSync(stampFile, stamp);
}
