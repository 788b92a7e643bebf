/** The file routes of the HTTP API, one function per use of the page. Paths are inside the space `space`. */
import type {
  EntriesPage,
  Entry,
  EntryDetail,
  EntrySort,
  FileOperation,
  IfExists,
  SortOrder,
  Ticket,
  TicketRequest,
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

  async makeFolder(space: string, path: string, signal?: AbortSignal): Promise<void> {
    await this.#operate(space, { kind: 'make-folder', path }, signal);
  }

  /** Renames and moves, whole folders too. */
  async move(
    space: string,
    move: { readonly from: string; readonly to: string; readonly ifExists: IfExists },
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#operate(space, { kind: 'move', ...move }, signal);
  }

  async remove(space: string, path: string, signal?: AbortSignal): Promise<void> {
    const headers = { 'Idempotency-Key': newIdempotencyKey() };
    await this.#client.send({ method: 'DELETE', path: spaceRoute(space, `files/${encodePath(path)}`), headers, signal });
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

  async #operate(space: string, operation: FileOperation, signal: AbortSignal | undefined): Promise<void> {
    const headers = { 'Idempotency-Key': newIdempotencyKey() };
    await this.#client.send({ method: 'POST', path: spaceRoute(space, 'operations'), json: operation, headers, signal });
  }
}
