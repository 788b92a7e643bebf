/**
 * Speaks to the auth service over HTTP. Its problem documents become `NetStoreError`s with the same code; whatever else goes
 * wrong on the way is `NS_UNAVAILABLE`, so that callers can tell "no" from "nobody answered".
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  type Account,
  type ApiKeyParts,
  type AuditBatch,
  type CheckedKey,
  CLIENT_ADDRESS_HEADER,
  CLIENT_AGENT_HEADER,
  type IssuedSession,
  isErrorCode,
  LINK_ID_HEADER,
  LINK_SPACE_HEADER,
  NetStoreError,
  type RulesMove,
  type RulesMoved,
  type RulesMoveEnd,
  SERVICE_KEY_HEADER,
  type SetupRequest,
  type SetupState,
  type SignInRequest,
  type SpaceAccess,
} from '@netstore/shared-types';
import { HttpOrigin, type HttpRequest } from './http-origin.ts';
import type { Holder } from './principal.ts';

/** Hashing a password takes a while, and two may wait before it. */
const SLOW_DEADLINE_MS = 15_000;
const DEADLINE_MS = 5_000;
const READY_WITHIN_MS = 1_000;
const NO_ANSWER = 'The auth service does not answer.';
/** The gateway takes tokens that are so far off, and the header has whole seconds. */
const CLOCKS_APART_MS_MAX = 31_000;

/** Whom a request comes from. */
export interface Client {
  readonly address: string;
  /** What the browser calls itself. */
  readonly agent: string | undefined;
}

export interface AuthRequest {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly accessToken?: string;
  /** Whom it is asked for. */
  readonly client?: Client;
  readonly body?: unknown;
  /** Whether a password is hashed for the answer. */
  readonly isSlow?: boolean;
  /** As in `HttpRequest`. */
  readonly isRepeatable?: boolean;
}

export class AuthClient {
  readonly #origin: HttpOrigin;
  readonly #serviceKey: string;

  constructor(options: { readonly origin: string; readonly serviceKey: Buffer }) {
    this.#origin = new HttpOrigin(options.origin);
    this.#serviceKey = options.serviceKey.toString('hex');
  }

  setupState(): Promise<SetupState> {
    return this.#json({ method: 'GET', path: '/v1/setup' });
  }

  setUp(body: SetupRequest, client: Client): Promise<IssuedSession> {
    return this.#json({ method: 'POST', path: '/v1/setup', body, client, isSlow: true });
  }

  signIn(body: SignInRequest, client: Client): Promise<IssuedSession> {
    return this.#json({ method: 'POST', path: '/v1/sessions', body, client, isSlow: true });
  }

  refresh(refreshToken: string, client: Client): Promise<IssuedSession> {
    return this.#json({ method: 'POST', path: '/v1/sessions/refresh', body: { refreshToken }, client });
  }

  async signOut(refreshToken: string, client: Client): Promise<void> {
    await this.#send({ method: 'DELETE', path: '/v1/sessions/current', body: { refreshToken }, client });
  }

  me(accessToken: string): Promise<Account> {
    return this.#json({ method: 'GET', path: '/v1/me', accessToken });
  }

  spaceAccess(space: string, accessToken: string): Promise<SpaceAccess> {
    return this.#json({ method: 'GET', path: `/v1/spaces/${encodeURIComponent(space)}/access`, accessToken });
  }

  /** Where no token of the user comes along. */
  spaceAccessOf({ kind, id }: Holder, space: string): Promise<SpaceAccess> {
    return this.#json({ method: 'GET', path: `/v1/${kind}s/${id}/spaces/${encodeURIComponent(space)}/access` });
  }

  /** Whom an API key speaks for. */
  checkKey({ id, secret }: ApiKeyParts, client: Client): Promise<CheckedKey> {
    return this.#json({ method: 'POST', path: '/v1/keys/check', body: { id, secret }, client, isRepeatable: true });
  }

  /** One exchange of a route that the public API has as it is; `null` for an answer without a body. */
  async passOn(request: AuthRequest): Promise<unknown> {
    const body = await this.#send(request);
    return body === '' ? null : parseJson(body);
  }

  beginRulesMove(space: string, body: RulesMove): Promise<RulesMoved> {
    return this.#json({ method: 'POST', path: `/v1/spaces/${encodeURIComponent(space)}/moves`, body });
  }

  async endRulesMove(space: string, body: RulesMoveEnd): Promise<void> {
    await this.#send({ method: 'POST', path: `/v1/spaces/${encodeURIComponent(space)}/moves/end`, body });
  }

  async keepAudit(body: AuditBatch): Promise<void> {
    await this.#send({ method: 'POST', path: '/v1/audit/entries', body });
  }

  exportAudit(format: string, accessToken: string, signal: AbortSignal): Promise<Readable> {
    return this.#stream({ method: 'GET', path: `/v1/audit/export?format=${format}`, accessToken }, signal);
  }

  /** Server-sent events, until they end or the signal is aborted. */
  changes(signal: AbortSignal): Promise<Readable> {
    return this.#stream({ method: 'GET', path: '/v1/changes' }, signal);
  }

  /** A JSON Web Key Set, not yet looked at. */
  webKeys(): Promise<unknown> {
    return this.#json({ method: 'GET', path: '/.well-known/jwks.json' });
  }

  /** Why nobody can sign in or be let in now, for people; null when everybody can. */
  async reasonAgainst(): Promise<string | null> {
    try {
      const response = await this.#origin.send('/readyz', { method: 'GET', signal: AbortSignal.timeout(READY_WITHIN_MS) });
      response.resume();
      return isOk(response) ? clocksApart(response) : NO_ANSWER;
    } catch {
      return NO_ANSWER;
    }
  }

  async #json<Answer>(request: AuthRequest): Promise<Answer> {
    // The auth service is trusted and the types are its contract; shapes that matter for safety are checked where they are used.
    return parseJson(await this.#send(request)) as Answer;
  }

  async #send(request: AuthRequest): Promise<string> {
    const response = await this.#open(request, AbortSignal.timeout(request.isSlow === true ? SLOW_DEADLINE_MS : DEADLINE_MS));
    const body = await answered(text(response));
    if (isOk(response)) return body;
    throw problemOf(response, body);
  }

  /** The body as it comes, for as long as it comes. Throws what the auth service says. */
  async #stream(request: AuthRequest, signal: AbortSignal): Promise<Readable> {
    const response = await this.#open(request, signal);
    if (isOk(response)) return response;
    throw problemOf(response, await answered(text(response)));
  }

  #open(request: AuthRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const { method, path, isRepeatable } = request;
    return answered(this.#origin.send(path, { method, headers: this.#headersOf(request), body, isRepeatable, signal }));
  }

  #headersOf(request: AuthRequest): Record<string, string> {
    const headers: Record<string, string> = { accept: 'application/json', [SERVICE_KEY_HEADER]: this.#serviceKey };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (request.accessToken !== undefined) headers.authorization = `Bearer ${request.accessToken}`;
    if (request.client !== undefined) headers[CLIENT_ADDRESS_HEADER] = request.client.address;
    if (request.client?.agent !== undefined) headers[CLIENT_AGENT_HEADER] = request.client.agent;
    return headers;
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new NetStoreError('NS_UNAVAILABLE', 'The auth service sent no JSON', { cause });
  }
}

/** Throws `NS_UNAVAILABLE` when it does not come whole. */
async function answered<Part>(part: Promise<Part>): Promise<Part> {
  try {
    return await part;
  } catch (cause) {
    throw new NetStoreError('NS_UNAVAILABLE', 'The auth service does not answer', { cause });
  }
}

/** Tokens and sessions have times in them: on a clock that is far off they seem over, or not begun. */
function clocksApart({ headers }: IncomingMessage): string | null {
  const apartMs = Date.now() - Date.parse(headers.date ?? '');
  if (!(Math.abs(apartMs) > CLOCKS_APART_MS_MAX)) return null;
  const seconds = Math.round(Math.abs(apartMs) / 1000);
  return `The clock of this gateway is ${seconds} seconds ${apartMs > 0 ? 'ahead of' : 'behind'} that of the auth service: nobody's sign-in holds.`;
}

function isOk({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 299;
}

function problemOf({ statusCode, headers }: IncomingMessage, body: string): NetStoreError {
  const { code, detail } = readProblem(body);
  if (!isErrorCode(code)) return new NetStoreError('NS_UNAVAILABLE', `The auth service answered ${statusCode} without a known code`);
  const retryAfterSeconds = Number(headers['retry-after'] ?? Number.NaN);
  const { [LINK_ID_HEADER]: id, [LINK_SPACE_HEADER]: space } = headers;
  const details = {
    ...(Number.isFinite(retryAfterSeconds) ? { retryAfterSeconds } : {}),
    ...(typeof id === 'string' && typeof space === 'string' ? { link: { id, space: decodeURIComponent(space) } } : {}),
  };
  return new NetStoreError(code, typeof detail === 'string' ? detail : code, { details });
}

function readProblem(document: string): { readonly code?: unknown; readonly detail?: unknown } {
  try {
    const body: unknown = JSON.parse(document);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}
