/**
 * The listings that are loaded, kept true to what this page does. Changes are gathered for a moment and applied
 * together, so that a burst of uploads draws the list a few times a second and not once for each file.
 */
import type { EntriesPage, Entry } from '@netstore/shared-types';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { ancestorsOf, nameOf, parentOf } from '../names/path.ts';
import type { Listing } from './files-api.ts';
import { withEntry, withoutEntries } from './listing-pages.ts';

type LoadedPages = InfiniteData<EntriesPage, string | null>;
type ListingKey = readonly ['entries', string, string, Pick<Listing, 'sort' | 'order'>];

const GATHER_MS = 200;

export function listingKey({ space, folder, sort, order }: Listing): ListingKey {
  return ['entries', space, folder, { sort, order }];
}

export class ListingCache {
  readonly #queries: QueryClient;
  /** The newest state of each entry by folder key and path; null where it went away. */
  readonly #changes = new Map<string, { readonly space: string; readonly folder: string; readonly entries: Map<string, Entry | null> }>();
  #timer: number | undefined;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  /** The entry exists as given. Folders on its way that no listing knows yet are added. */
  put(space: string, entry: Entry): void {
    this.#change(space, entry.path, entry);
    for (const path of ancestorsOf(parentOf(entry.path))) this.#putNewFolder(space, path, entry.modifiedAt);
  }

  remove(space: string, path: string): void {
    this.#change(space, path, null);
  }

  /** Whether the loaded listings show the entry; `undefined` where they do not reach far enough to say. */
  isListed(space: string, path: string): boolean | undefined {
    const change = this.#changes.get(JSON.stringify([space, parentOf(path)]))?.entries.get(path);
    if (change !== undefined) return change !== null;
    const listings = this.#listings(space, parentOf(path));
    if (listings.some(([, { pages }]) => pages.some((page) => page.entries.some((entry) => entry.path === path)))) return true;
    return listings.some(([, { pages }]) => pages.at(-1)?.nextCursor === null) ? false : undefined;
  }

  /** Fetches the listings of a folder anew, where they are shown. */
  async refetch(space: string, folder: string): Promise<void> {
    this.#apply();
    await this.#queries.invalidateQueries({ queryKey: ['entries', space, folder] });
  }

  #putNewFolder(space: string, path: string, modifiedAt: string): void {
    const isKnown = this.#listings(space, parentOf(path)).every(([, loaded]) =>
      loaded.pages.some((page) => page.entries.some((entry) => entry.path === path)),
    );
    if (isKnown) return;
    const shape = { sizeBytes: 0, contentType: null, version: null, sha256: null, replicas: null } as const;
    this.#change(space, path, { kind: 'folder', name: nameOf(path), path, modifiedAt, ...shape });
  }

  #change(space: string, path: string, entry: Entry | null): void {
    const folder = parentOf(path);
    const key = JSON.stringify([space, folder]);
    const change = this.#changes.get(key) ?? { space, folder, entries: new Map<string, Entry | null>() };
    change.entries.set(path, entry);
    this.#changes.set(key, change);
    this.#timer ??= window.setTimeout(() => this.#apply(), GATHER_MS);
  }

  #apply(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { space, folder, entries } of this.#changes.values()) {
      for (const [key, loaded] of this.#listings(space, folder)) {
        const gone = new Set([...entries].filter(([, entry]) => entry === null).map(([path]) => path));
        let pages = withoutEntries(loaded.pages, gone);
        for (const entry of entries.values()) if (entry !== null) pages = withEntry(pages, entry, key[3]);
        this.#queries.setQueryData<LoadedPages>(key, { ...loaded, pages });
      }
    }
    this.#changes.clear();
  }

  #listings(space: string, folder: string): (readonly [ListingKey, LoadedPages])[] {
    const found = this.#queries.getQueriesData<LoadedPages>({ queryKey: ['entries', space, folder] });
    return found.flatMap(([key, loaded]) => (loaded === undefined ? [] : [[key as unknown as ListingKey, loaded] as const]));
  }
}
