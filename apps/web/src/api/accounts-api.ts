/** The routes of accounts: set-up, sign-in, and who the signed-in user is. */
import type { Me, Session, SetupRequest, SetupState, SignInRequest } from '@netstore/shared-types';
import type { ApiClient } from './api-client.ts';
import { exchange } from './http.ts';

/** Whether there is no administrator yet. */
export async function fetchSetupState(signal?: AbortSignal): Promise<SetupState> {
  return (await exchange({ path: '/api/v1/setup', signal })).json() as Promise<SetupState>;
}

export async function setUp(client: ApiClient, request: SetupRequest): Promise<void> {
  const response = await exchange({ method: 'POST', path: '/api/v1/setup', json: request });
  client.session.adopt((await response.json()) as Session);
}

export async function signIn(client: ApiClient, request: SignInRequest): Promise<void> {
  const response = await exchange({ method: 'POST', path: '/api/v1/sessions', json: request });
  client.session.adopt((await response.json()) as Session);
}

export function fetchMe(client: ApiClient, signal?: AbortSignal): Promise<Me> {
  return client.json({ path: '/api/v1/me', signal });
}
