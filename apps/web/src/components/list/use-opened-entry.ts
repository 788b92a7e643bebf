/** The file that the address names to be shown: from the loaded listing, or asked for where the listing does not reach. */
import type { Entry } from '@netstore/shared-types';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { entryOf } from '../../api/entry-of.ts';
import { joinPath } from '../../names/path.ts';
import { useNetStore } from '../../net-store.ts';
import type { Loaded } from './use-loaded.ts';

interface OpenedPlace {
  readonly space: string;
  readonly folder: string;
  /** null while nothing is opened. */
  readonly name: string | null;
}

export function useOpenedEntry({ space, folder, name }: OpenedPlace, listing: Loaded<Entry>): Entry | undefined {
  const { files } = useNetStore();
  const path = name === null ? undefined : joinPath(folder, name);
  const listed = useMemo(
    () => (path === undefined ? undefined : listing.entries.find((entry) => entry.path === path)),
    [listing.entries, path],
  );
  const query = useQuery({
    queryKey: ['opened', space, path],
    queryFn: async ({ signal }) => entryOf(await files.detail(space, path ?? '', signal)),
    enabled: path !== undefined && listed === undefined && !listing.isLoading && listing.hasMore,
  });
  const entry = listed ?? (path === undefined ? undefined : query.data);
  return entry?.kind === 'file' ? entry : undefined;
}
