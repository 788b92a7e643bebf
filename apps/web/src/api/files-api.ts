/** The file routes of the HTTP API, one function per use of the page. Paths are inside the space `space`. */
import type {
  EntriesPage,
  Entry,
  EntryDetail,
  EntrySort,
  FileOperation,
  IfExists,
  PurgeResult,
  SortOrder,
  Ticket,
  TicketRequest,
  TrashPage,
} from '@netstore/shared-types';
import { encodePath } from '../names/path.ts';
import type { ApiClient } from './api-client.ts';
import { newIdempotencyKey } from './idempotency-key.ts';

export interface Listing {
  readonly space: string;
  readonly folder: string;
  readonly sort: EntrySort;
  readonly order: SortOrder;
}

export interface ListingRange {
  readonly cursor: string | null;
  readonly limit: number;
}

export interface TextExcerpt {
  readonly text: string;
  readonly isWhole: boolean;
}

export interface Restore {
  readonly trashId: string;
  /** The path to restore to; without it, where it was. */
  readonly to?: string | undefined;
  readonly ifExists: IfExists;
}

const TRASH_ID_HEADER = 'X-NetStore-Trash-Id';

export function spaceRoute(space: string, rest: string): string {
  return `/api/v1/spaces/${encodeURIComponent(space)}/${rest}`;
}

export class FilesApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  list(listing: Listing, range: ListingRange, signal?: AbortSignal): Promise<EntriesPage> {
    const query = new URLSearchParams({ folder: listing.folder, sort: listing.sort, order: listing.order, limit: String(range.limit) });
    if (range.cursor !== null) query.set('cursor', range.cursor);
    return this.#client.json({ path: spaceRoute(listing.space, `entries?${query}`), signal });
  }

  detail(space: string, path: string, signal?: AbortSignal): Promise<EntryDetail> {
    return this.#client.json({ path: spaceRoute(space, `entries/${encodePath(path)}`), signal });
  }

  makeFolder(space: string, path: string, signal?: AbortSignal): Promise<Entry> {
    return this.#operate(space, { kind: 'make-folder', path }, signal);
  }

  /** Renames and moves, whole folders too. */
  move(
    space: string,
    move: { readonly from: string; readonly to: string; readonly ifExists: IfExists },
    signal?: AbortSignal,
  ): Promise<Entry> {
    return this.#operate(space, { kind: 'move', ...move }, signal);
  }

  /** To the trash; resolves with the id that it has there. */
  async remove(space: string, path: string, signal?: AbortSignal): Promise<string> {
    const headers = { 'Idempotency-Key': newIdempotencyKey() };
    const route = spaceRoute(space, `files/${encodePath(path)}`);
    const response = await this.#client.send({ method: 'DELETE', path: route, headers, signal });
    return response.headers.get(TRASH_ID_HEADER) ?? '';
  }

  trash(space: string, range: ListingRange, signal?: AbortSignal): Promise<TrashPage> {
    const query = new URLSearchParams({ limit: String(range.limit) });
    if (range.cursor !== null) query.set('cursor', range.cursor);
    return this.#client.json({ path: spaceRoute(space, `trash?${query}`), signal });
  }

  restore(space: string, { to, ...restore }: Restore, signal?: AbortSignal): Promise<Entry> {
    return this.#operate(space, { kind: 'restore', ...restore, ...(to === undefined ? {} : { to }) }, signal);
  }

  /** For good; at most a thousand ids. What is not in the trash any more is left alone. */
  purge(space: string, trashIds: readonly string[], signal?: AbortSignal): Promise<PurgeResult> {
    return this.#operate(space, { kind: 'purge', trashIds: [...trashIds] }, signal);
  }

  /** An address that media elements and downloads can use, which cannot send the access token. */
  ticket(space: string, request: TicketRequest, signal?: AbortSignal): Promise<Ticket> {
    return this.#client.json({ method: 'POST', path: spaceRoute(space, 'tickets'), json: request, signal });
  }

  /** The first `bytesMax` bytes as text. */
  async text(space: string, entry: Pick<Entry, 'path' | 'sizeBytes'>, bytesMax: number, signal?: AbortSignal): Promise<TextExcerpt> {
    const isWhole = entry.sizeBytes <= bytesMax;
    const headers: Record<string, string> = isWhole ? {} : { Range: `bytes=0-${bytesMax - 1}` };
    const response = await this.#client.send({ path: spaceRoute(space, `files/${encodePath(entry.path)}`), headers, signal });
    return { text: new TextDecoder().decode(await response.arrayBuffer()), isWhole };
  }

  #operate<Result>(space: string, operation: FileOperation, signal: AbortSignal | undefined): Promise<Result> {
    const headers = { 'Idempotency-Key': newIdempotencyKey() };
    return this.#client.json({ method: 'POST', path: spaceRoute(space, 'operations'), json: operation, headers, signal });
  }
}
