/** What can be done to entries of a space: done at the server, then in the loaded listings, then told to the user. */
import type { Entry } from '@netstore/shared-types';
import { useMemo } from 'react';
import type { AskClash } from '../../api/clash-questions.ts';
import { formatCount } from '../../format/size.ts';
import { joinPath, nameOf, parentOf } from '../../names/path.ts';
import { type NetStore, useNetStore } from '../../net-store.ts';
import { restoreEntries } from '../trash/restore-entries.ts';
import { eachOf } from './each-of.ts';
import { putInPlace, takeOver } from './put-in-place.ts';

export interface EntryOperations {
  readonly makeFolder: (path: string) => Promise<void>;
  readonly rename: (entry: Entry, name: string) => Promise<void>;
  readonly move: (entries: readonly Entry[], folder: string) => Promise<void>;
  readonly remove: (entries: readonly Entry[]) => Promise<void>;
  readonly download: (path: string, version?: string) => Promise<void>;
  /** The files among the entries, one after the other. */
  readonly downloadAll: (entries: readonly Entry[]) => Promise<void>;
}

export function useEntryOperations(space: string): EntryOperations {
  const netStore = useNetStore();
  return useMemo(() => entryOperations(space, netStore), [space, netStore]);
}

function entryOperations(space: string, netStore: NetStore): EntryOperations {
  const { clashes, files, listings, notices, trash } = netStore;
  const moveOne = async (entry: Entry, to: string, ask: AskClash): Promise<Entry | undefined> => {
    const put = { space, kind: entry.kind, to, ask };
    const moved = await putInPlace(netStore, { ...put, put: (ifExists) => files.move(space, { from: entry.path, to, ifExists }) });
    if (moved !== undefined) listings.remove(space, entry.path);
    return moved;
  };
  const removeOne = async (entry: Entry): Promise<Entry & { readonly id: string }> => {
    const id = await files.remove(space, entry.path);
    listings.remove(space, entry.path);
    return { ...entry, id };
  };
  /** Tells what went wrong with one entry, and goes on with the others. */
  const telling =
    <Result>(how: 'moved' | 'deleted', task: (entry: Entry) => Promise<Result>) =>
    (entry: Entry): Promise<Result> =>
      task(entry).catch((thrown: unknown) => {
        notices.failed(entry.name, how, thrown);
        void listings.refetch(space, parentOf(entry.path));
        throw thrown;
      });
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
      takeOver(netStore, space, await files.makeFolder(space, path));
      notices.done(`Folder “${nameOf(path)}” made.`);
    },
    rename: async (entry, name) => {
      const to = joinPath(parentOf(entry.path), name);
      takeOver(netStore, space, await files.move(space, { from: entry.path, to, ifExists: 'fail' }));
      listings.remove(space, entry.path);
      notices.done(`Renamed to “${name}”.`);
    },
    move: async (entries, folder) => {
      const ask = clashes.asker(entries.length);
      const moved = await eachOf(
        entries,
        telling('moved', (entry) => moveOne(entry, joinPath(folder, entry.name), ask)),
      );
      const count = moved.filter((entry) => entry !== undefined).length;
      if (count > 0) notices.done(`${wordsFor(entries, count)} moved to ${folder === '' ? space : `“${nameOf(folder)}”`}.`);
    },
    remove: async (entries) => {
      const removed = await eachOf(entries, telling('deleted', removeOne));
      await trash.renew(space);
      if (removed.length === 0) return;
      const undo = (): void => void restoreEntries(netStore, { space, entries: removed });
      notices.done(`${wordsFor(entries, removed.length)} deleted.`, { label: 'Undo', onSelect: undo });
    },
    download,
    downloadAll: async (entries) => {
      for (const entry of entries) if (entry.kind === 'file') await download(entry.path);
    },
  };
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
