/** What the disk could hold after a crash at any sync of some work: a copy of the directory from before and from after each of them. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { fileHandlePrototype } from './file-handle-prototype.ts';
import { makeTempDir } from './temp-dir.ts';

export interface CrashCopy {
  readonly path: string;
  /** What the work had said by then. */
  readonly saidSeq: number;
}

export interface CrashCopies extends AsyncDisposable {
  readonly copies: readonly CrashCopy[];
}

/** Runs `work` on what stands at `root`. */
export async function atEverySync(root: string, work: (say: (seq: number) => void) => Promise<void>): Promise<CrashCopies> {
  const kept = await makeTempDir();
  const copies: CrashCopy[] = [];
  let saidSeq = 0;
  const take = async (): Promise<void> => {
    const copy = { path: join(kept.path, String(copies.length)), saidSeq };
    await cp(root, copy.path, { recursive: true });
    copies.push(copy);
  };
  const prototype = await fileHandlePrototype();
  const spies = (['datasync', 'sync'] as const).map((name) => {
    const original = prototype[name];
    return vi.spyOn(prototype, name).mockImplementation(async function (this: typeof prototype) {
      await take();
      await original.call(this);
      await take();
    });
  });
  try {
    await work((seq) => {
      saidSeq = seq;
    });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { copies, [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose]() };
}
