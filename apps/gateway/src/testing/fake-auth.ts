/** A fake auth service over real HTTP with real EdDSA tokens, for tests of the gateway alone. Who may look after what is not decided here. */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  type ApiKeyId,
  type AuditBatch,
  type AuditReport,
  type Change,
  type ClusterRole,
  type Cut,
  formatApiKey,
  newApiKeyId,
  newSessionId,
  newSpaceId,
  newUserId,
  type RulesMove,
  type RulesMoveEnd,
  SERVICE_KEY_HEADER,
  type SessionId,
  type SpaceRole,
} from '@netstore/shared-types';
import { accessIn, type FakeMembership, type FakePerson, summaryOf } from './fake-access.ts';
import { type Answer, problem } from './fake-answer.ts';
import { FakeLinks } from './fake-links.ts';
import { answerAboutPeople, decideSession, type FakeEnding, type FakeStanding, listStandings } from './fake-people.ts';

export interface FakeKey {
  readonly id: ApiKeyId;
  readonly person: FakePerson;
  readonly space: string;
  readonly cut: Cut;
  /** As it is presented. */
  readonly text: string;
}

const KEY_SECRET = 'ab'.repeat(32);
const AUDIT = '/v1/audit/entries';
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export class FakeAuth implements AsyncDisposable {
  readonly keyPair = generateKeyPairSync('ed25519');
  readonly requests: string[] = [];
  /** Folders that have rules, of somebody. */
  readonly ruled = new Set<string>();
  readonly audited: AuditReport[] = [];
  /** Against the clock of the gateway. */
  clockAheadMs = 0;
  isAuditAway = false;
  /** Of whoever asks for spaces; and what is said of any that somebody wants to delete. */
  standings: readonly FakeStanding[] = [];
  ending: FakeEnding;
  readonly ruleMoves: (RulesMove | RulesMoveEnd)[] = [];
  readonly links = new FakeLinks();
  readonly #listening = new Set<ServerResponse>();
  readonly #people = new Map<string, FakePerson>();
  readonly #keys = new Map<string, FakeKey>();
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
    const map = new Map<string, FakeMembership>(Object.entries(spaces).map(([name, role]) => [name, { id: newSpaceId() as string, role }]));
    const person = { userId: newUserId(), sessionId: newSessionId(), username, roles, spaces: map };
    this.#people.set(person.sessionId, person);
    return person;
  }

  /** Of a person, for a folder of one space. */
  key(person: FakePerson, { space = `home-${person.username}`, ...cut }: Cut & { readonly space?: string }): FakeKey {
    const id = newApiKeyId();
    const key = { id, person, space, cut, text: formatApiKey({ id, secret: KEY_SECRET }) };
    this.#keys.set(id, key);
    return key;
  }

  endKey({ id }: FakeKey): void {
    this.#keys.delete(id);
  }

  /** To all gateways that listen. */
  announce(change: Change): void {
    for (const response of this.#listening) response.write(`data: ${JSON.stringify(change)}\n\n`);
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
    // What is told to the audit comes in batches, whenever it comes.
    if (request.url !== AUDIT) this.requests.push(`${request.method} ${request.url}`);
    if (request.url === '/v1/changes') this.#listen(response);
    else void text(request).then((sent) => this.#send(request, sent, response));
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': listening\n\n');
    this.#listening.add(response);
    response.on('close', () => this.#listening.delete(response));
  }

  #send(request: IncomingMessage, sent: string, response: ServerResponse): void {
    const { status, body } = this.#decide(request, sent);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    const date = new Date(Date.now() + this.clockAheadMs).toUTCString();
    response.writeHead(status, { 'content-type': type, date }).end(body === null ? undefined : JSON.stringify(body));
  }

  #decide(request: IncomingMessage, sent: string): Answer {
    const { url = '', method, headers } = request;
    if (url === '/readyz') return { status: 200, body: { ready: true, reasons: [] } };
    if (url === '/.well-known/jwks.json') return { status: 200, body: this.#keySet() };
    if (headers[SERVICE_KEY_HEADER] === undefined) return problem(401, 'NS_UNAUTHENTICATED');
    if (url === '/v1/setup' && method === 'GET') return { status: 200, body: { isNeeded: false } };
    if (url.startsWith('/v1/sessions') && method !== 'GET') return decideSession(request);
    if (url === '/v1/keys/check') return this.#checkKey(JSON.parse(sent));
    if (/^\/v1\/keys\/[^/]+\/spaces\//.test(url)) return this.#accessOfKey(url);
    if (url.startsWith('/v1/links/')) return this.links.answer(url, sent);
    if (/\/moves(\/end)?$/.test(url)) return this.#moveRules(JSON.parse(sent) as RulesMove | RulesMoveEnd);
    if (url === AUDIT) return this.#keepAudit(JSON.parse(sent) as AuditBatch);
    const aboutPeople = answerAboutPeople(`${method} ${url}`, this.ending);
    if (aboutPeople !== undefined) return aboutPeople;
    const person = this.#livePersonOf(request);
    if (person === undefined) return problem(401, 'NS_UNAUTHENTICATED');
    if (url === '/v1/me') return { status: 200, body: this.#me(person) };
    if (method === 'GET' && !url.endsWith('/access')) return listStandings(url, this.standings);
    const name = decodeURIComponent(/\/spaces\/([^/]+)\/access$/.exec(url)?.[1] ?? '');
    const space = person.spaces.get(name);
    if (space === undefined) return problem(404, 'NS_NOT_FOUND');
    return { status: 200, body: accessIn(name, space, person) };
  }

  /** Remembers what it was told, and says whether it knows of rules there. */
  #moveRules(move: RulesMove | RulesMoveEnd): Answer {
    this.ruleMoves.push(move);
    if ('outcome' in move) return { status: 204, body: null };
    const hasRules = [...this.ruled].some((folder) => `${folder}/`.startsWith(`${move.from}/`));
    return hasRules && !move.isPlain ? problem(409, 'NS_CONFLICT') : { status: 200, body: { hasRules } };
  }

  #keepAudit({ entries }: AuditBatch): Answer {
    if (this.isAuditAway) return problem(503, 'NS_UNAVAILABLE');
    this.audited.push(...entries);
    return { status: 204, body: null };
  }

  #checkKey({ id, secret }: { readonly id: string; readonly secret: string }): Answer {
    const key = secret === KEY_SECRET ? this.#keys.get(id) : undefined;
    return key === undefined ? problem(401, 'NS_UNAUTHENTICATED') : { status: 200, body: { userId: key.person.userId } };
  }

  #accessOfKey(url: string): Answer {
    const [, id = '', name = ''] = /^\/v1\/keys\/([^/]+)\/spaces\/([^/]+)\/access$/.exec(url) ?? [];
    const key = this.#keys.get(id);
    const membership = key?.space === name ? key.person.spaces.get(name) : undefined;
    if (key === undefined || membership === undefined) return problem(404, 'NS_NOT_FOUND');
    return { status: 200, body: { ...accessIn(name, membership, key.person), cuts: [key.cut] } };
  }

  #keySet(): object {
    const jwk = this.keyPair.publicKey.export({ format: 'jwk' });
    return { keys: [{ ...jwk, kid: 'k1', alg: 'EdDSA', use: 'sig' }] };
  }

  #me({ userId, username, roles, spaces }: FakePerson): object {
    return { user: { id: userId, username }, roles, spaces: [...spaces].map(([name, space]) => summaryOf(name, space)), bytesMax: 70 };
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
