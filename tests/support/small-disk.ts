/** A file system of a few MiB, mounted over a folder: the disk of one node that a test can fill. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1024 * 1024;

/** Why no disk can be mounted here; undefined when one can. */
export function whyNoSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'netstore-probe-'));
  try {
    using _ = mountSmallDisk(join(folder, 'disk'), 16);
    return undefined;
  } catch (error) {
    return `no disk can be mounted here: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the folder; whatever is written below it is limited to the size of the disk. */
export function mountSmallDisk(folder: string, sizeMib: number): Disposable {
  const image = `${folder}.image`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(image, '');
  truncateSync(image, sizeMib * MIB);
  for (const [command, ...args] of [
    ['mkfs.ext4', '-q', '-F', '-m', '0', image],
    ['mount', '-o', 'loop', image, folder],
  ] as const) {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
  return {
    [Symbol.dispose]: () => {
      spawnSync('umount', [folder]);
      rmSync(image, { force: true });
    },
  };
}
