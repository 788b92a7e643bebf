import { randomBytes } from 'node:crypto';
import { type ApiKeyParts, formatApiKey, NetStoreError, newApiKeyId, newUserId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { KeyVerifier, presentedKey } from './key-verifier.ts';

const client = { address: '192.0.2.1', agent: undefined };
const newKey = (): string => formatApiKey({ id: newApiKeyId(), secret: randomBytes(32).toString('hex') });

/** A verifier before an auth service that knows some keys, by their text. */
function bench() {
  const userId = newUserId();
  const good = new Set<string>();
  const asked: string[] = [];
  const state = { isDown: false, nowMs: 1_000_000 };
  const checkKey = async (parts: ApiKeyParts) => {
    const text = formatApiKey(parts);
    asked.push(text);
    if (state.isDown) throw new NetStoreError('NS_UNAVAILABLE', 'Down');
    if (!good.has(text)) throw new NetStoreError('NS_UNAUTHENTICATED', 'No such key');
    return { userId };
  };
  return { verifier: new KeyVerifier({ checkKey }, () => state.nowMs), state, good, asked, userId };
}
const outcome = (verified: Promise<unknown>): Promise<string> =>
  verified.then(
    () => 'ok',
    (error: NetStoreError) => error.code,
  );

describe('an API key', () => {
  test('becomes a principal of its user, and is asked about once in 5 s', async () => {
    const { verifier, good, asked, userId, state } = bench();
    const key = newKey();
    good.add(key);
    expect(await verifier.verify(key, client)).toMatchObject({ kind: 'key', userId });
    await verifier.verify(key, client);
    expect(asked).toEqual([key]);
    good.delete(key);
    state.nowMs += 5_000;
    expect(await outcome(verifier.verify(key, client))).toBe('NS_UNAUTHENTICATED');
  });

  test('that is refused is refused again without a question', async () => {
    const { verifier, asked } = bench();
    const key = newKey();
    expect(await outcome(verifier.verify(key, client))).toBe('NS_UNAUTHENTICATED');
    expect(await outcome(verifier.verify(key, client))).toBe('NS_UNAUTHENTICATED');
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['cut off', (key: string) => key.slice(0, -1)],
    ['longer', (key: string) => `${key}0`],
    ['mistyped', (key: string) => key.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['in capitals', (key: string) => key.toUpperCase()],
    ['nothing but its beginning', () => 'nsk_'],
  ])('that is %s is refused without asking anybody', async (_what, change) => {
    const { verifier, asked, good } = bench();
    const key = newKey();
    good.add(key);
    expect(await outcome(verifier.verify(change(key), client))).toBe('NS_UNAUTHENTICATED');
    expect(asked).toEqual([]);
  });

  test('is not let in when nobody answers, and is when somebody does again', async () => {
    const { verifier, state, good } = bench();
    const key = newKey();
    good.add(key);
    state.isDown = true;
    expect(await outcome(verifier.verify(key, client))).toBe('NS_UNAVAILABLE');
    state.isDown = false;
    expect(await outcome(verifier.verify(key, client))).toBe('ok');
  });

  test('is asked about again when something about its user changed, or was refused before', async () => {
    const { verifier, good, asked, userId } = bench();
    const [key, refused] = [newKey(), newKey()];
    good.add(key);
    await outcome(verifier.verify(key, client));
    await outcome(verifier.verify(refused, client));
    verifier.forget({ kind: 'space', name: 'team' });
    await outcome(verifier.verify(key, client));
    expect(asked).toHaveLength(2);
    verifier.forget({ kind: 'user', userId: newUserId() });
    await outcome(verifier.verify(key, client));
    await outcome(verifier.verify(refused, client));
    expect(asked).toEqual([key, refused, refused]);
    verifier.forget({ kind: 'user', userId });
    good.delete(key);
    expect(await outcome(verifier.verify(key, client))).toBe('NS_UNAUTHENTICATED');
  });
});

describe('strangers', () => {
  test('wait when they are many, and keep nobody waiting whose key was good', async () => {
    const { verifier, good, asked, state } = bench();
    const key = newKey();
    good.add(key);
    await verifier.verify(key, client);
    state.nowMs += 10_000;
    const outcomes: string[] = [];
    for (let at = 0; at < 12; at += 1) outcomes.push(await outcome(verifier.verify(newKey(), client)));
    expect(outcomes).toEqual([...Array(10).fill('NS_UNAUTHENTICATED'), 'NS_TOO_MANY_ATTEMPTS', 'NS_TOO_MANY_ATTEMPTS']);
    expect(await outcome(verifier.verify(key, client))).toBe('ok');
    expect(await outcome(verifier.verify(newKey(), { ...client, address: '192.0.2.2' }))).toBe('NS_UNAUTHENTICATED');
    state.nowMs += 1_000;
    expect(await outcome(verifier.verify(newKey(), client))).toBe('NS_UNAUTHENTICATED');
    expect(asked).toHaveLength(14);
  });

  test('from everywhere are bounded too', async () => {
    const { verifier, asked } = bench();
    for (let at = 0; at < 300; at += 1) await outcome(verifier.verify(newKey(), { ...client, address: `192.0.2.${at}` }));
    expect(asked).toHaveLength(200);
  });
});

test.each([
  [undefined, undefined],
  ['Bearer a.b.c', undefined],
  ['Basic nsk_1', undefined],
  ['Bearer nsk_1', 'nsk_1'],
  ['bearer nsk_1 2', 'nsk_1 2'],
])('the header field %j presents the key %j', (field, key) => {
  expect(presentedKey(field)).toBe(key);
});
