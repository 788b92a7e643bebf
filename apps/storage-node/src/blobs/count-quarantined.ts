/** How many files lie in quarantine/: evidence that a person looks at and takes away. */
import { readdir, stat } from 'node:fs/promises';
import { toDiskError } from '../log/disk-error.ts';

/** Why a blob is there is in a file beside it. */
const REASON_SUFFIX = '.reason';

/** The folder is read again only when something came into it or left: that is when its time changes. */
export function quarantinedCount(dir: string): () => Promise<number> {
  let known: { readonly changedAtNs: bigint; readonly count: number } | undefined;
  return async () => {
    try {
      const { mtimeNs: changedAtNs } = await stat(dir, { bigint: true });
      if (known?.changedAtNs === changedAtNs) return known.count;
      const count = (await readdir(dir)).filter((name) => !name.endsWith(REASON_SUFFIX)).length;
      known = { changedAtNs, count };
      return count;
    } catch (error) {
      throw toDiskError(error, `Listing ${dir}`);
    }
  };
}
