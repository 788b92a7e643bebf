/** A folder under the system's own for temporary files, removed with all in it when disposed of. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** With the named folders in it. */
export async function makeTempDir(...folders: string[]): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), 'netstore-disk-'));
  for (const folder of folders) await mkdir(join(path, folder));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
