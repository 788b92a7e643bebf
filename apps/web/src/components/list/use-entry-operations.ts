/** What can be done to entries of a space: done at the server, then in the loaded listings, then told to the user. */
import type { Entry } from '@netstore/shared-types';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { entryOf } from '../../api/entry-of.ts';
import { formatCount } from '../../format/size.ts';
import { joinPath, nameOf, parentOf } from '../../names/path.ts';
import { type NetStore, useNetStore } from '../../net-store.ts';

export interface EntryOperations {
  readonly makeFolder: (path: string) => Promise<void>;
  readonly rename: (entry: Entry, name: string) => Promise<void>;
  readonly move: (entries: readonly Entry[], folder: string) => Promise<void>;
  readonly remove: (entries: readonly Entry[]) => Promise<void>;
  readonly download: (path: string, version?: string) => Promise<void>;
  /** The files among the entries, one after the other. */
  readonly downloadAll: (entries: readonly Entry[]) => Promise<void>;
}

/** Requests sent at once for an operation on many entries. */
const PARALLEL_MAX = 4;

export function useEntryOperations(space: string): EntryOperations {
  const netStore = useNetStore();
  const queries = useQueryClient();
  return useMemo(
    () => entryOperations(space, netStore, (path) => queries.invalidateQueries({ queryKey: ['detail', space, path] })),
    [space, netStore, queries],
  );
}

function entryOperations(
  space: string,
  { files, listings, notices }: NetStore,
  forgetDetail: (path: string) => Promise<void>,
): EntryOperations {
  /** The listings take the entry as the server now describes it. */
  const takeOver = async (path: string): Promise<void> => {
    listings.put(space, entryOf(await files.detail(space, path)));
    await forgetDetail(path);
  };
  const moveOne = async (entry: Entry, to: string): Promise<void> => {
    await files.move(space, { from: entry.path, to, ifExists: 'fail' });
    listings.remove(space, entry.path);
    // The move is done; when its result cannot be read, the next look at the folder shows it.
    await takeOver(to).catch(() => listings.refetch(space, parentOf(to)));
  };
  const download = async (path: string, version?: string): Promise<void> => {
    try {
      const { url } = await files.ticket(space, { path, disposition: 'attachment', ...(version === undefined ? {} : { version }) });
      clickLink(url, nameOf(path));
    } catch (thrown) {
      notices.problem(`“${nameOf(path)}” was not downloaded.`, thrown);
    }
  };
  return {
    makeFolder: async (path) => {
      await files.makeFolder(space, path);
      await takeOver(path).catch(() => listings.refetch(space, parentOf(path)));
      notices.done(`Folder “${nameOf(path)}” made.`);
    },
    rename: async (entry, name) => {
      await moveOne(entry, joinPath(parentOf(entry.path), name));
      notices.done(`Renamed to “${name}”.`);
    },
    move: async (entries, folder) => {
      const done = await eachOf(entries, async (entry) => {
        await moveOne(entry, joinPath(folder, entry.name)).catch((thrown: unknown) => {
          notices.problem(`“${entry.name}” was not moved.`, thrown);
          throw thrown;
        });
      });
      if (done > 0) notices.done(`${wordsFor(entries, done)} moved to ${folder === '' ? space : `“${nameOf(folder)}”`}.`);
    },
    remove: async (entries) => {
      const done = await eachOf(entries, async (entry) => {
        await files.remove(space, entry.path).catch((thrown: unknown) => {
          notices.problem(`“${entry.name}” was not deleted.`, thrown);
          throw thrown;
        });
        listings.remove(space, entry.path);
      });
      if (done > 0) notices.done(`${wordsFor(entries, done)} deleted.`);
    },
    download,
    downloadAll: async (entries) => {
      for (const entry of entries) if (entry.kind === 'file') await download(entry.path);
    },
  };
}

/** Runs the task for every entry, a few at a time; resolves with how many succeeded. */
async function eachOf(entries: readonly Entry[], task: (entry: Entry) => Promise<void>): Promise<number> {
  const left = [...entries];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let entry = left.shift(); entry !== undefined; entry = left.shift()) {
      await task(entry).then(
        () => (done += 1),
        () => undefined,
      );
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, work));
  return done;
}

function wordsFor(entries: readonly Entry[], done: number): string {
  return entries.length === 1 ? `“${entries[0]?.name}”` : formatCount(done, 'entry', 'entries');
}

/** The browser takes the download over; the page stays where it is. */
function clickLink(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
