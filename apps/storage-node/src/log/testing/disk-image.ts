/**
 * A small file system of its own, in a file that is mounted: it can be filled up, and its power can be cut. Needs root, mount, mkfs.ext4 and
 * perl, which are there or the tests say that they are skipped.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempDir } from './temp-dir.ts';

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing that is not on the disk by now will ever be. */
const CUT_POWER = 'open(my $folder, "<", $ARGV[0]) or die $!; my $flag = pack("L", 2); ioctl($folder, 0x8004587d, $flag) // die $!';

export interface DiskImage extends AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  /** What was not synced is gone; the file system is there again as after a power cut. */
  cutPower(): void;
}

/** Why no image can be mounted here; undefined when one can. */
export async function whyNoImage(): Promise<string | undefined> {
  try {
    await using image = await mountImage(16);
    image.cutPower();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return `no disk image can be mounted here: ${reason}`;
  }
}

/** `inodes`: as many as mkfs thinks right without. */
export async function mountImage(sizeMib: number, { inodes }: { readonly inodes?: number } = {}): Promise<DiskImage> {
  const dir = await makeTempDir();
  const file = join(dir.path, 'image');
  const path = join(dir.path, 'mounted');
  try {
    await writeFile(file, '');
    await truncate(file, sizeMib * 1024 * 1024);
    await mkdir(path);
    run('mkfs.ext4', '-q', '-F', '-m', '0', ...(inodes === undefined ? [] : ['-N', String(inodes)]), file);
    run('mount', '-o', 'loop', file, path);
  } catch (error) {
    await dir[Symbol.asyncDispose]();
    throw error;
  }
  return {
    path,
    cutPower: () => {
      run('perl', '-e', CUT_POWER, path);
      run('umount', path);
      run('mount', '-o', 'loop', file, path);
    },
    [Symbol.asyncDispose]: async () => {
      spawnSync('umount', [path]);
      await dir[Symbol.asyncDispose]();
    },
  };
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
