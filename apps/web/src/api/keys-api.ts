/** The routes of API keys: one's own, and those of others for admins. */
import type { ApiKey, ApiKeys, IssuedApiKey, NewApiKey } from '@netstore/shared-types';
import type { ApiClient } from './api-client.ts';

export class KeysApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async list(signal?: AbortSignal): Promise<ApiKey[]> {
    return (await this.#client.json<ApiKeys>({ path: '/api/v1/me/keys', signal })).keys;
  }

  make(request: NewApiKey): Promise<IssuedApiKey> {
    return this.#client.json({ method: 'POST', path: '/api/v1/me/keys', json: request });
  }

  async listOf(userId: string, signal?: AbortSignal): Promise<ApiKey[]> {
    return (await this.#client.json<ApiKeys>({ path: `/api/v1/users/${userId}/keys`, signal })).keys;
  }

  /** One's own. */
  async end(id: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: `/api/v1/me/keys/${id}` });
  }

  /** Whosever it is. */
  async endOfSomebody(id: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: `/api/v1/keys/${id}` });
  }
}
