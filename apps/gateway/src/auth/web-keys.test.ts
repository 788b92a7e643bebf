import { NetStoreError } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { FakeAuth } from '../testing/fake-auth.ts';
import { WebKeys } from './web-keys.ts';

const jwk = new FakeAuth().keyPair.publicKey.export({ format: 'jwk' });

function counted(answers: readonly unknown[]): { readonly fetchKeys: () => Promise<unknown>; count: number } {
  const counter = {
    count: 0,
    fetchKeys: async () => {
      const answer = answers[Math.min(counter.count, answers.length - 1)];
      counter.count += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return counter;
}

describe('the keys of access tokens', () => {
  test('are fetched once for many tokens that come at once', async () => {
    const source = counted([{ keys: [{ ...jwk, kid: 'a' }] }]);
    const keys = new WebKeys(source);
    const pems = await Promise.all(Array.from({ length: 20 }, () => keys.pem('a')));
    expect(new Set(pems).size).toBe(1);
    expect(source.count).toBe(1);
  });

  test('are fetched again for an unknown one, at most once in 30 s', async () => {
    let nowMs = 1_000_000;
    const source = counted([
      { keys: [{ ...jwk, kid: 'a' }] },
      {
        keys: [
          { ...jwk, kid: 'a' },
          { ...jwk, kid: 'b' },
        ],
      },
    ]);
    const keys = new WebKeys({ fetchKeys: source.fetchKeys, now: () => nowMs });
    await keys.pem('a');
    for (let round = 0; round < 50; round += 1) await expect(keys.pem('b')).rejects.toMatchObject({ code: 'NS_UNAUTHENTICATED' });
    expect(source.count).toBe(1);
    nowMs += 30_001;
    await expect(keys.pem('b')).resolves.toContain('PUBLIC KEY');
    expect(source.count).toBe(2);
  });

  test('are asked for again after nobody answered', async () => {
    const source = counted([new NetStoreError('NS_UNAVAILABLE', 'down'), { keys: [{ ...jwk, kid: 'a' }] }]);
    const keys = new WebKeys(source);
    await expect(keys.pem('a')).rejects.toMatchObject({ code: 'NS_UNAVAILABLE' });
    await expect(keys.pem('a')).resolves.toContain('PUBLIC KEY');
  });

  test('of other kinds are passed over', async () => {
    const keys = new WebKeys(counted([{ keys: [{ kty: 'RSA', kid: 'r' }, 'x', { ...jwk, x: 'short', kid: 's' }, { ...jwk, kid: 'a' }] }]));
    await expect(keys.pem('a')).resolves.toBeDefined();
    await expect(keys.pem('r')).rejects.toMatchObject({ code: 'NS_UNAUTHENTICATED' });
    await expect(keys.pem('s')).rejects.toMatchObject({ code: 'NS_UNAUTHENTICATED' });
  });

  test.each([[null], [{}], [{ keys: 'x' }], [{ keys: Array.from({ length: 17 }, () => jwk) }]])('are none in %j', async (answer) => {
    await expect(new WebKeys(counted([answer])).pem('a')).rejects.toMatchObject({ code: 'NS_UNAVAILABLE' });
  });
});
