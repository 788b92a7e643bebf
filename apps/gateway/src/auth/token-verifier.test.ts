import { createHmac, generateKeyPairSync } from 'node:crypto';
import { NetStoreError } from '@netstore/shared-types';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeAuth } from '../testing/fake-auth.ts';
import { TokenVerifier } from './token-verifier.ts';
import { WebKeys } from './web-keys.ts';

const auth = new FakeAuth();
const alice = auth.person('alice');
const keySet = { keys: [{ ...auth.keyPair.publicKey.export({ format: 'jwk' }), kid: 'k1' }] };
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = (): number => Math.floor(Date.now() / 1000);

let verifier: TokenVerifier;
beforeEach(() => {
  verifier = new TokenVerifier(new WebKeys({ fetchKeys: async () => keySet }));
});

const verify = (token: string): Promise<unknown> => verifier.verify(`Bearer ${token}`);
const unauthenticated = expect.objectContaining({ code: 'NS_UNAUTHENTICATED' });

describe('an access token', () => {
  test('makes a principal when it is right', async () => {
    const token = auth.token(alice);
    expect(await verify(token)).toMatchObject({ userId: alice.userId, sessionId: alice.sessionId, accessToken: token });
  });

  test.each([
    ['another type', { typ: 'JWT' }, {}],
    ['no type', { typ: undefined }, {}],
    ['another key id', { kid: 'k2' }, {}],
    ['no key id', { kid: undefined }, {}],
    ['a key of its own', { jwk: keySet.keys[0] }, {}],
    ['the address of a key', { jku: 'http://127.0.0.1/keys' }, {}],
    ['the address of a certificate', { x5u: 'http://127.0.0.1/cert' }, {}],
    ['a critical extension', { crit: ['b64'], b64: false }, {}],
    ['another issuer', {}, { iss: 'somebody' }],
    ['another audience', {}, { aud: 'another' }],
    ['no audience', {}, { aud: undefined }],
    ['no session', {}, { sid: undefined }],
    ['a session that is none', {}, { sid: '../x' }],
    ['a user that is none', {}, { sub: 'alice' }],
    ['no expiry', {}, { exp: undefined }],
    ['an expiry that is past', {}, { exp: now() - 31 }],
    ['a beginning that is to come', {}, { nbf: now() + 40 }],
    ['no id', {}, { jti: undefined }],
  ])('is refused with %s', async (_, header, claims) => {
    await expect(verify(auth.token(alice, { header, claims }))).rejects.toEqual(unauthenticated);
  });

  test('is believed within the skew of clocks', async () => {
    await expect(verify(auth.token(alice, { claims: { exp: now() - 20 } }))).resolves.toBeDefined();
    await expect(verify(auth.token(alice, { claims: { nbf: now() + 20 } }))).resolves.toBeDefined();
  });

  test('of a clock ten minutes off is refused with the reason', async () => {
    const ahead = { iat: now() - 1_200, nbf: now() - 1_200, exp: now() - 600 };
    await expect(verify(auth.token(alice, { claims: ahead }))).rejects.toThrow('The access token has expired');
    const behind = { iat: now() + 600, nbf: now() + 600, exp: now() + 1_200 };
    await expect(verify(auth.token(alice, { claims: behind }))).rejects.toThrow(/not valid yet: the clocks .* are apart/);
    const { privateKey } = generateKeyPairSync('ed25519');
    await expect(verify(auth.token(alice, { key: privateKey, claims: ahead }))).rejects.toThrow('The access token is not valid');
  });

  test('is refused without a signature, with "none", and with the public key as a secret', async () => {
    const [, payload = '', signature = ''] = auth.token(alice).split('.');
    const none = base64url({ alg: 'none', typ: 'at+jwt', kid: 'k1' });
    const hs256 = base64url({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' });
    const pem = auth.keyPair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const mac = createHmac('sha256', pem).update(`${hs256}.${payload}`).digest('base64url');
    for (const token of [`${none}.${payload}.`, `${none}.${payload}`, `${none}.${payload}.${signature}`, `${hs256}.${payload}.${mac}`]) {
      await expect(verify(token)).rejects.toEqual(unauthenticated);
    }
  });

  test('is refused when somebody else signed it, or anything in it was changed', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    await expect(verify(auth.token(alice, { key: privateKey }))).rejects.toEqual(unauthenticated);
    const [header = '', , signature = ''] = auth.token(alice).split('.');
    const [, other = ''] = auth.token(auth.person('bob')).split('.');
    await expect(verify(`${header}.${other}.${signature}`)).rejects.toEqual(unauthenticated);
  });

  test.each([
    [undefined],
    [''],
    ['Bearer'],
    ['Bearer x'],
    ['Basic YTpi'],
    ['Bearer a.b.c d'],
    [`Bearer ${'a'.repeat(5000)}.b.c`],
    ['Bearer \u0000.b.c'],
  ])('is not %j', async (field) => {
    await expect(verifier.verify(field)).rejects.toEqual(unauthenticated);
  });

  test('cannot be judged while nobody gives out keys: that is not its fault', async () => {
    const blind = new TokenVerifier(new WebKeys({ fetchKeys: () => Promise.reject(new NetStoreError('NS_UNAVAILABLE', 'down')) }));
    await expect(blind.verify(`Bearer ${auth.token(alice)}`)).rejects.toMatchObject({ code: 'NS_UNAVAILABLE' });
  });
});
