/** The routes about spaces: which there are, who has which role where, and who can see what. */
import type {
  Grant,
  GrantList,
  NewSpace,
  PersonAccess,
  SpaceChange,
  SpaceDetail,
  SpaceList,
  Subject,
  ViewerList,
} from '@netstore/shared-types';
import type { ApiClient } from './api-client.ts';
import { type ListingRange, spaceRoute } from './files-api.ts';

export class SpacesApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Those one has something in; `isAll`: all there are, for admins and auditors. */
  list({ cursor, limit, isAll }: ListingRange & { readonly isAll: boolean }, signal?: AbortSignal): Promise<SpaceList> {
    const query = new URLSearchParams({ limit: String(limit) });
    if (isAll) query.set('all', '1');
    if (cursor !== null) query.set('cursor', cursor);
    return this.#client.json({ path: `/api/v1/spaces?${query}`, signal });
  }

  find(space: string, signal?: AbortSignal): Promise<SpaceDetail> {
    return this.#client.json({ path: `/api/v1/spaces/${encodeURIComponent(space)}`, signal });
  }

  make(space: NewSpace): Promise<SpaceDetail> {
    return this.#client.json({ method: 'POST', path: '/api/v1/spaces', json: space });
  }

  change(space: string, change: SpaceChange): Promise<SpaceDetail> {
    return this.#client.json({ method: 'PATCH', path: `/api/v1/spaces/${encodeURIComponent(space)}`, json: change });
  }

  /** Nobody adds to it from now on. */
  markEnding(space: string): Promise<SpaceDetail> {
    return this.#client.json({ method: 'PUT', path: spaceRoute(space, 'ending') });
  }

  keep(space: string): Promise<SpaceDetail> {
    return this.#client.json({ method: 'DELETE', path: spaceRoute(space, 'ending') });
  }

  /** Once it is marked, has been left alone for a while, and is empty. */
  async delete(space: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: `/api/v1/spaces/${encodeURIComponent(space)}` });
  }

  grants(space: string, signal?: AbortSignal): Promise<GrantList> {
    return this.#client.json({ path: spaceRoute(space, 'grants'), signal });
  }

  /** In place of what the same subject had at the same folder. */
  async give(space: string, grant: Grant): Promise<void> {
    await this.#client.send({ method: 'PUT', path: spaceRoute(space, 'grants'), json: grant });
  }

  async take(space: string, { folder, subject }: { readonly folder: string; readonly subject: Subject }): Promise<void> {
    const query = new URLSearchParams({ folder, [subject.kind]: subject.name });
    await this.#client.send({ method: 'DELETE', path: spaceRoute(space, `grants?${query}`) });
  }

  /** Everybody who can see the path, for those who look after the space. */
  viewers(space: string, { path, cursor, limit }: ListingRange & { readonly path: string }, signal?: AbortSignal): Promise<ViewerList> {
    const query = new URLSearchParams({ path, limit: String(limit) });
    if (cursor !== null) query.set('cursor', cursor);
    return this.#client.json({ path: spaceRoute(space, `access?${query}`), signal });
  }

  /** What one person may do there: everybody may ask about themselves. */
  async access(
    space: string,
    { path, user }: { readonly path: string; readonly user: string },
    signal?: AbortSignal,
  ): Promise<PersonAccess | undefined> {
    const query = new URLSearchParams({ path, user });
    const { viewers } = await this.#client.json<ViewerList>({ path: spaceRoute(space, `access?${query}`), signal });
    return viewers[0];
  }
}
