/**
 * The disk of one node as a file system of its own, in a file that is mounted: its power can be cut, it can be filled, made read-only, or lose
 * a sector. Needs root, mount, mkfs.ext4 and perl.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MIB = 1024 * 1024;
const UNMOUNT_ATTEMPTS = 100;
const UNMOUNT_PAUSE_MS = 50;

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH, one folder after the other: nothing that is not on the disk by now will ever be. */
const CUT_POWER =
  'for my $path (@ARGV) { open(my $folder, "<", $path) or die $!; my $flag = pack("L", 2); ioctl($folder, 0x8004587d, $flag) // die $! }';

export interface FaultDiskOptions {
  readonly sizeMib: number;
  /** As many as mkfs thinks right without. */
  readonly inodes?: number;
  /** Where the image lies; beside the folder without. */
  readonly imageDir?: string;
}

/** Why no disk can be mounted and cut here; undefined when one can. */
export function whyNoFaultDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'netstore-probe-'));
  try {
    using disk = FaultDisk.mount(join(folder, 'disk'), { sizeMib: 16 });
    cutPower([disk]);
    return undefined;
  } catch (error) {
    return `disk whose power can be cut: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export class FaultDisk implements Disposable {
  readonly folder: string;
  readonly image: string;

  private constructor(folder: string, image: string) {
    this.folder = folder;
    this.image = image;
  }

  /** Makes the folder; whatever is written below it is on this disk. */
  static mount(folder: string, { sizeMib, inodes, imageDir }: FaultDiskOptions): FaultDisk {
    const image = imageDir === undefined ? `${folder}.image` : join(imageDir, 'disk.image');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(image, '');
    truncateSync(image, sizeMib * MIB);
    run('mkfs.ext4', '-q', '-F', '-m', '0', ...(inodes === undefined ? [] : ['-N', String(inodes)]), image);
    const disk = new FaultDisk(folder, image);
    disk.#mount();
    return disk;
  }

  /** As after the power came back. Waits for the process that had files open there to be gone. */
  async remount(): Promise<void> {
    for (let attempt = 1; spawnSync('umount', [this.folder]).status !== 0; attempt += 1) {
      if (attempt >= UNMOUNT_ATTEMPTS) throw new Error(`${this.folder} cannot be unmounted: something has files open there`);
      await sleep(UNMOUNT_PAUSE_MS);
    }
    this.#mount();
  }

  /** As the kernel does when it finds the file system damaged: nothing can be written any more, by nobody, until it is mounted again. */
  makeReadOnly(): void {
    run('mount', '-o', 'remount,abort', this.folder);
  }

  [Symbol.dispose](): void {
    // Lazily: a test that failed may have left a process there, which is ended later.
    if (spawnSync('umount', [this.folder]).status !== 0) spawnSync('umount', ['-l', this.folder]);
    rmSync(this.image, { force: true });
  }

  #mount(): void {
    run('mount', '-o', 'loop', this.image, this.folder);
  }
}

/** A folder in memory that holds no more than it was given: what lies in it can promise more than it can keep. */
export function mountTmpfs(sizeMib: number): Disposable & { readonly folder: string; readonly resize: (sizeMib: number) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'netstore-tmpfs-'));
  run('mount', '-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs', folder);
  return {
    folder,
    resize: (mib) => run('mount', '-o', `remount,size=${mib}m`, folder),
    [Symbol.dispose]: () => {
      if (spawnSync('umount', [folder]).status !== 0) spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where the first byte of a file is on the disk. */
export function physicalOffset(path: string): number {
  // "   0:        0..     127:      34816..     34943:    128:   …" in blocks of the size that the heading names.
  const text = execFileSync('filefrag', ['-v', '-b4096', path], { encoding: 'utf8' });
  const block = /^\s*0:\s+0\.\.\s*\d+:\s*(\d+)\.\./m.exec(text)?.[1];
  if (block === undefined) throw new Error(`filefrag does not say where ${path} is:\n${text}`);
  return Number(block) * 4096;
}

/** All of them within some milliseconds. What was not synced is gone, and every call fails until the disk is mounted again. */
export function cutPower(disks: readonly FaultDisk[]): void {
  run('perl', '-e', CUT_POWER, ...disks.map(({ folder }) => folder));
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
