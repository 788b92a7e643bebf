/** The trash as far as it is loaded, kept true to what this page does. */
import type { TrashPage } from '@netstore/shared-types';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';

type LoadedPages = InfiniteData<TrashPage, string | null>;

export function trashKey(space: string): readonly ['trash', string] {
  return ['trash', space];
}

export class TrashCache {
  readonly #queries: QueryClient;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  /** These were restored or purged. */
  drop(space: string, ids: ReadonlySet<string>): void {
    this.#queries.setQueryData<LoadedPages>(trashKey(space), (loaded) => loaded && { ...loaded, pages: withoutIds(loaded.pages, ids) });
  }

  /** Something else is in the trash than before: it is fetched anew, at once where it is shown. */
  async renew(space: string): Promise<void> {
    this.#queries.removeQueries({ queryKey: trashKey(space), type: 'inactive' });
    await this.#queries.invalidateQueries({ queryKey: trashKey(space) });
  }
}

function withoutIds(pages: readonly TrashPage[], ids: ReadonlySet<string>): TrashPage[] {
  return pages.map((page) => ({ ...page, entries: page.entries.filter(({ id }) => !ids.has(id)) }));
}
