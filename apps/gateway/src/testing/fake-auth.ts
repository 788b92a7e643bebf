/** A fake auth service over real HTTP with real EdDSA tokens, for tests of the gateway alone. */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClusterRole, newSessionId, newSpaceId, newUserId, type SessionId, type SpaceRole, type UserId } from '@netstore/shared-types';

import { type Answer, answerAboutPeople, isAboutPeople, problem } from './fake-people.ts';

export interface FakePerson {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly username: string;
  readonly roles: readonly ClusterRole[];
  /** By name of the space. */
  readonly spaces: Map<string, { readonly id: string; readonly role: SpaceRole }>;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export class FakeAuth implements AsyncDisposable {
  readonly keyPair = generateKeyPairSync('ed25519');
  readonly requests: string[] = [];
  readonly #people = new Map<string, FakePerson>();
  readonly #endedSessions = new Set<string>();
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  person(
    username: string,
    spaces: Record<string, SpaceRole> = { [`home-${username}`]: 'manager' },
    roles: readonly ClusterRole[] = ['member'],
  ): FakePerson {
    const map = new Map(Object.entries(spaces).map(([name, role]) => [name, { id: newSpaceId() as string, role }]));
    const person = { userId: newUserId(), sessionId: newSessionId(), username, roles, spaces: map };
    this.#people.set(person.sessionId, person);
    return person;
  }

  end(sessionId: SessionId): void {
    this.#endedSessions.add(sessionId);
  }

  token(person: FakePerson, change: { header?: object; claims?: object; key?: KeyObject } = {}): string {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', ...change.header };
    const times = { iat: nowSeconds, nbf: nowSeconds, exp: nowSeconds + 600 };
    const claims = {
      iss: 'netstore-auth',
      aud: 'netstore',
      sub: person.userId,
      sid: person.sessionId,
      jti: randomUUID(),
      ...times,
      ...change.claims,
    };
    const signed = `${base64url(header)}.${base64url(claims)}`;
    return `${signed}.${sign(null, Buffer.from(signed), change.key ?? this.keyPair.privateKey).toString('base64url')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.method} ${request.url}`);
    request.resume();
    const { status, body } = this.#decide(request);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type }).end(body === null ? undefined : JSON.stringify(body));
  }

  #decide(request: IncomingMessage): Answer {
    const { url = '', method } = request;
    if (url === '/readyz') return { status: 200, body: { ready: true, reasons: [] } };
    if (url === '/v1/setup' && method === 'GET') return { status: 200, body: { isNeeded: false } };
    if (url === '/.well-known/jwks.json') return { status: 200, body: this.#keySet() };
    if (url.startsWith('/v1/sessions') && method !== 'GET') return decideSession(request);
    if (isAboutPeople(url)) return answerAboutPeople(request, this.#livePersonOf(request));
    const person = this.#livePersonOf(request);
    if (person === undefined) return problem(401, 'NS_UNAUTHENTICATED');
    if (url === '/v1/me') return { status: 200, body: this.#me(person) };
    const name = decodeURIComponent(/\/spaces\/([^/]+)\/access$/.exec(url)?.[1] ?? '');
    const space = person.spaces.get(name);
    if (space === undefined) return problem(404, 'NS_NOT_FOUND');
    return { status: 200, body: { space: { ...space, name }, userId: person.userId, username: person.username } };
  }

  #keySet(): object {
    const jwk = this.keyPair.publicKey.export({ format: 'jwk' });
    return { keys: [{ ...jwk, kid: 'k1', alg: 'EdDSA', use: 'sig' }] };
  }

  #me({ userId, username, roles, spaces }: FakePerson): object {
    return { user: { id: userId, username }, roles, spaces: [...spaces].map(([name, { id, role }]) => ({ id, name, role })) };
  }

  #livePersonOf(request: IncomingMessage): FakePerson | undefined {
    const person = this.#personOf(request);
    return person === undefined || this.#endedSessions.has(person.sessionId) ? undefined : person;
  }

  #personOf(request: IncomingMessage): FakePerson | undefined {
    const bySession = /^\/v1\/sessions\/([0-9a-f]{32})\//.exec(request.url ?? '')?.[1];
    if (bySession !== undefined) return this.#people.get(bySession);
    const claims = /^Bearer [^.]+\.([^.]+)\./.exec(request.headers.authorization ?? '')?.[1];
    if (claims === undefined) return undefined;
    return this.#people.get(JSON.parse(Buffer.from(claims, 'base64url').toString()).sid);
  }
}

function decideSession({ url, method, headers }: IncomingMessage): Answer {
  if (headers['x-netstore-service-key'] === undefined) return problem(401, 'NS_UNAUTHENTICATED');
  if (method === 'DELETE') return { status: 204, body: null };
  const issued = { accessToken: 'a.b.c', expiresInSeconds: 600, refreshToken: 'refresh-token', refreshExpiresInSeconds: 1000 };
  return { status: url === '/v1/sessions' ? 201 : 200, body: issued };
}
