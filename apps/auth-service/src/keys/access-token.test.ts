import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerProblems } from '@netstore/service-kit';
import { newSessionId, newUserId } from '@netstore/shared-types';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestBench } from '../testing/test-bench.ts';
import { type IssueAccessToken, registerAccessTokens } from './access-token.ts';
import { KeyRing } from './key-ring.ts';

type Json = Record<string, unknown>;

const userId = newUserId();
const sessionId = newSessionId();

let directory: string;
let bench: TestBench;
let ring: KeyRing;
let app: FastifyInstance;
let issue: IssueAccessToken;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-auth-'));
  bench = await TestBench.open(directory);
  ring = await KeyRing.load(bench.db, bench.clock.now);
  app = fastify();
  registerProblems(app);
  const tokens = await registerAccessTokens(app, ring);
  issue = tokens.issue;
  app.get('/who', (request) => tokens.verify(request));
});
afterEach(async () => {
  await app.close();
  await bench[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

function part(token: string, index: number): Json {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
}

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token with these changes, signed with the service's own key unless there is another one. */
function forge({ header = {}, claims = {}, key }: { header?: Json; claims?: Json; key?: KeyObject }): string {
  const honest = issue({ sub: userId, sid: sessionId });
  const input = `${encode({ ...part(honest, 0), ...header })}.${encode({ ...part(honest, 1), ...claims })}`;
  const signature = sign(null, Buffer.from(input), key ?? createPrivateKey(ring.signingKey().privateKeyPem));
  return `${input}.${signature.toString('base64url')}`;
}

async function present(authorization: string | undefined) {
  return await app.inject({ url: '/who', headers: authorization === undefined ? {} : { authorization } });
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

describe('an access token', () => {
  test('says who and which session, for ten minutes, under the published key', async () => {
    const token = issue({ sub: userId, sid: sessionId });
    expect(part(token, 0)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: ring.publicKeys()[0]?.kid });
    const claims = part(token, 1);
    expect(claims).toMatchObject({ iss: 'netstore-auth', aud: 'netstore', sub: userId, sid: sessionId, jti: expect.any(String) });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(600);
    expect(claims['nbf']).toBe(claims['iat']);
    const answer = await present(`Bearer ${token}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ userId, sessionId });
  });

  test('differs each time', () => {
    expect(issue({ sub: userId, sid: sessionId })).not.toBe(issue({ sub: userId, sid: sessionId }));
  });

  test('is accepted within 30 s of skew and no further', async () => {
    const at = async (claims: Json): Promise<number> => (await present(`Bearer ${forge({ claims })}`)).statusCode;
    expect(await at({ exp: nowSeconds() - 25 })).toBe(200);
    expect(await at({ exp: nowSeconds() - 35 })).toBe(401);
    expect(await at({ nbf: nowSeconds() + 25 })).toBe(200);
    expect(await at({ nbf: nowSeconds() + 35 })).toBe(401);
  });

  test('is accepted after its key was rotated', async () => {
    const token = issue({ sub: userId, sid: sessionId });
    bench.clock.pass(30 * 86_400_000);
    await ring.rotate();
    bench.clock.pass(3_600_000);
    expect(part(issue({ sub: userId, sid: sessionId }), 0)['kid']).not.toBe(part(token, 0)['kid']);
    expect((await present(`Bearer ${token}`)).statusCode).toBe(200);
    expect(ring.publicKeys()).toHaveLength(2);
  });
});

describe('every other token is answered with 401 and a problem document', () => {
  const other = generateKeyPairSync('ed25519').privateKey;

  test.each<[string, () => string | undefined]>([
    ['no header', () => undefined],
    ['another scheme', () => 'Basic YTpi'],
    ['no token', () => 'Bearer '],
    ['two tokens', () => `Bearer ${forge({})} ${forge({})}`],
    ['garbage', () => 'Bearer garbage'],
    ['three dots', () => 'Bearer ...'],
    ['header that is no JSON', () => `Bearer ${encode('{')}.${encode('{}')}.AAAA`],
    ['header that is null', () => `Bearer ${encode('null')}.${encode('{}')}.AAAA`],
    ['payload that is an array', () => `Bearer ${forge({}).split('.')[0]}.${encode('[]')}.AAAA`],
    [
      'changed payload',
      () => {
        const [header, , signature] = forge({}).split('.');
        return `Bearer ${header}.${encode({ ...part(forge({}), 1), sub: newUserId() })}.${signature}`;
      },
    ],
    ['no signature', () => `Bearer ${forge({}).split('.').slice(0, 2).join('.')}.`],
    ['alg none', () => `Bearer ${encode({ alg: 'none', typ: 'at+jwt', kid: ring.signingKey().kid })}.${forge({}).split('.')[1]}.`],
    ['another key', () => `Bearer ${forge({ key: other })}`],
    ['an unknown kid', () => `Bearer ${forge({ header: { kid: 'unknown' } })}`],
    ['a kid that is no string', () => `Bearer ${forge({ header: { kid: { a: 1 } } })}`],
    ['a kid like a prototype', () => `Bearer ${forge({ header: { kid: '__proto__' } })}`],
    ['no typ', () => `Bearer ${forge({ header: { typ: undefined } })}`],
    ['typ JWT', () => `Bearer ${forge({ header: { typ: 'JWT' } })}`],
    ['typ that is a number', () => `Bearer ${forge({ header: { typ: 7 } })}`],
    ['crit', () => `Bearer ${forge({ header: { crit: ['exp'] } })}`],
    ['crit of the wrong type', () => `Bearer ${forge({ header: { crit: 'exp' } })}`],
    ['jku', () => `Bearer ${forge({ header: { jku: 'https://example.org/keys' } })}`],
    ['jwk', () => `Bearer ${forge({ header: { jwk: { kty: 'OKP' } } })}`],
    ['x5u', () => `Bearer ${forge({ header: { x5u: 'https://example.org/cert' } })}`],
    ['x5c', () => `Bearer ${forge({ header: { x5c: [] } })}`],
    ['another audience', () => `Bearer ${forge({ claims: { aud: 'other' } })}`],
    ['an audience of the wrong type', () => `Bearer ${forge({ claims: { aud: 7 } })}`],
    ['another issuer', () => `Bearer ${forge({ claims: { iss: 'other' } })}`],
    ['expiry of the wrong type', () => `Bearer ${forge({ claims: { exp: 'tomorrow' } })}`],
    ['a user that is no id', () => `Bearer ${forge({ claims: { sub: 'admin' } })}`],
    ['a session that is no id', () => `Bearer ${forge({ claims: { sid: ['x'] } })}`],
    ...['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub', 'sid'].map((claim): [string, () => string] => [
      `no ${claim}`,
      () => `Bearer ${forge({ claims: { [claim]: undefined } })}`,
    ]),
  ])('%s', async (_what, make) => {
    const answer = await present(make());
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'NS_UNAUTHENTICATED' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test.each(['pem', 'raw', 'spki'] as const)('HS256 with the public key as its secret (%s)', async (form) => {
    const { publicKeyPem, kid } = ring.signingKey();
    const secrets = {
      pem: publicKeyPem,
      raw: Buffer.from(ring.publicKeys()[0]?.x ?? '', 'base64url'),
      spki: Buffer.from(publicKeyPem.replaceAll(/-----[^-]+-----|\n/g, ''), 'base64'),
    };
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${forge({}).split('.')[1]}`;
    const signature = createHmac('sha256', secrets[form]).update(input).digest('base64url');
    expect((await present(`Bearer ${input}.${signature}`)).statusCode).toBe(401);
  });

  test('while the same forge without a change makes a token that is accepted', async () => {
    expect((await present(`Bearer ${forge({})}`)).statusCode).toBe(200);
  });
});
