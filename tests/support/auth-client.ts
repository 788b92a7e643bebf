/** Speaks to an auth service as the gateway does, with the service key unless other headers say otherwise, and hands over whatever it answers without judging it. */
import { CLIENT_ADDRESS_HEADER, type IssuedSession, SERVICE_KEY_HEADER } from '@netstore/shared-types';
import type { AuthService } from './auth-service.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or undefined when there is no body. */
  readonly body: unknown;
}

export interface AskOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bearer?: string;
}

export async function ask(service: AuthService, route: string, { body, headers = {}, bearer }: AskOptions = {}): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(service.url + path, {
    method,
    headers: {
      [SERVICE_KEY_HEADER]: service.serviceKey,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** The headers by which the gateway names a browser. */
export function fromBrowser(address: string): Record<string, string> {
  return { [CLIENT_ADDRESS_HEADER]: address };
}

let browsers = 0;
/** A browser on a network that no other test has used, so that their failures are not counted together. */
export function freshBrowser(): Record<string, string> {
  browsers += 1;
  return fromBrowser(`10.${browsers >> 16}.${(browsers >> 8) & 255}.${browsers & 255}`);
}

/** Throws unless the sign-in succeeds. */
export async function signIn(service: AuthService, credentials: { username: string; password: string }): Promise<IssuedSession> {
  const answer = await ask(service, 'POST /v1/sessions', { body: credentials, headers: freshBrowser() });
  if (answer.status !== 201) throw new Error(`Signing in: expected 201, got ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as IssuedSession;
}
