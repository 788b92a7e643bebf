/** Purge of old versions: those named, of one file, for good. The current one and what is not there are left alone. */
import type { PurgeVersionsOperation } from '@netstore/wire-protocol';
import type { Applied, ApplyContext } from './apply-context.ts';
import { Freeing } from './freeing.ts';
import { reject } from './rejection.ts';

export function applyPurgeVersions(
  { space, path, versions: named }: PurgeVersionsOperation,
  { tables, tree, stamp }: ApplyContext,
): Applied {
  const { entry: file, name } = tree.locate(space, path);
  if (file === undefined) reject('NS_NOT_FOUND', `No file is there: "${name}"`);
  if (!file.isFile) reject('NS_PATH_IS_FOLDER', `A folder is there: "${name}"`);
  const current = tables.versions.currentOf(file);
  const old = [...new Set(named)]
    .flatMap((version) => tables.versions.find(file, version) ?? [])
    .filter(({ version }) => version !== current.version);

  const freeing = new Freeing(tables, stamp.timeMs);
  for (const version of old) {
    if (!freeing.isExhausted) freeing.freeVersion(file, version);
  }
  const { versions, bytes } = freeing;
  tables.spaces.use(space, -bytes, 0);
  const purged = { entries: 0, files: 0, versions, bytes, isComplete: versions === old.length };
  return { entry: tables.versions.rowOf(file, path), isCreated: false, purged };
}
