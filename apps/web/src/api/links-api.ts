/** The routes of links that share something, for those who make and end them. */
import type { IssuedShareLink, NewShareLink, ShareLink, ShareLinks } from '@netstore/shared-types';
import type { ApiClient } from './api-client.ts';
import { spaceRoute } from './files-api.ts';

export class LinksApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async own(signal?: AbortSignal): Promise<ShareLink[]> {
    return (await this.#client.json<ShareLinks>({ path: '/api/v1/me/links', signal })).links;
  }

  /** All of them, for who manages the space. */
  async inSpace(space: string, signal?: AbortSignal): Promise<ShareLink[]> {
    return (await this.#client.json<ShareLinks>({ path: spaceRoute(space, 'links'), signal })).links;
  }

  make(space: string, request: NewShareLink): Promise<IssuedShareLink> {
    return this.#client.json({ method: 'POST', path: spaceRoute(space, 'links'), json: request });
  }

  async endOwn({ id }: ShareLink): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: `/api/v1/me/links/${id}` });
  }

  async endInSpace({ space, id }: ShareLink): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: spaceRoute(space, `links/${id}`) });
  }
}
