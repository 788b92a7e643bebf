/** The routes about groups. Admins change them, auditors look. */
import type { GroupDetail, GroupList } from '@netstore/shared-types';
import type { ApiClient } from './api-client.ts';
import type { ListingRange } from './files-api.ts';

const GROUPS_ROUTE = '/api/v1/groups';

export class GroupsApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  list(range: ListingRange, signal?: AbortSignal): Promise<GroupList> {
    return this.#client.json({ path: `${GROUPS_ROUTE}?${queryOf(range)}`, signal });
  }

  members(group: string, range: ListingRange, signal?: AbortSignal): Promise<GroupDetail> {
    return this.#client.json({ path: `${routeOf(group)}?${queryOf(range)}`, signal });
  }

  async make(name: string): Promise<void> {
    await this.#client.send({ method: 'POST', path: GROUPS_ROUTE, json: { name } });
  }

  async rename(group: string, name: string): Promise<void> {
    await this.#client.send({ method: 'PATCH', path: routeOf(group), json: { name } });
  }

  async remove(group: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: routeOf(group) });
  }

  async addMember(group: string, user: string): Promise<void> {
    await this.#client.send({ method: 'PUT', path: memberRoute(group, user) });
  }

  async removeMember(group: string, user: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: memberRoute(group, user) });
  }
}

function routeOf(group: string): string {
  return `${GROUPS_ROUTE}/${encodeURIComponent(group)}`;
}

function memberRoute(group: string, user: string): string {
  return `${routeOf(group)}/members/${encodeURIComponent(user)}`;
}

function queryOf({ cursor, limit }: ListingRange): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor !== null) query.set('cursor', cursor);
  return query;
}
