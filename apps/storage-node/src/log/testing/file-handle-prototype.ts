/** The prototype of all open files: the one place where a test can make a sync fail, or look at the disk the moment before it. */
import { type FileHandle, open } from 'node:fs/promises';

export async function fileHandlePrototype(): Promise<FileHandle> {
  await using handle = await open(process.execPath, 'r');
  return Object.getPrototypeOf(handle) as FileHandle;
}
