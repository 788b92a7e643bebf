import { describe, expect, test } from 'vitest';
import { CHEAP } from '../testing/test-bench.ts';
import { PasswordHasher } from './password-hasher.ts';

describe('PasswordHasher', () => {
  test('recognises the password, in any composition of its characters, and nothing else', async () => {
    const hasher = new PasswordHasher(CHEAP);
    const hash = await hasher.hash('Käse ist köstlich');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(await hasher.matches('Käse ist köstlich'.normalize('NFD'), hash)).toBe(true);
    expect(await hasher.matches('Käse ist köstlich ', hash)).toBe(false);
    expect(await hasher.hash('Käse ist köstlich')).not.toBe(hash);
  });

  test('works as long for an unknown user as for a wrong password', async () => {
    const hasher = new PasswordHasher(CHEAP);
    const hash = await hasher.hash('Käse ist köstlich');
    const timed = async (known: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let run = 0; run < 7; run += 1) {
        const start = performance.now();
        expect(await hasher.matches('some other password', known)).toBe(false);
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const ratio = (await timed(undefined)) / (await timed(hash));
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });

  test.each([
    [{ ...CHEAP, memoryKib: 32 * 1024 }, true],
    [{ ...CHEAP, passes: 3 }, true],
    [{ ...CHEAP, lanes: 2 }, true],
    [CHEAP, false],
  ])('a hash made with less than %j is outdated: %s', async (cost, isOutdated) => {
    const hash = await new PasswordHasher(CHEAP).hash('any password at all');
    expect(new PasswordHasher(cost).isOutdated(hash)).toBe(isOutdated);
  });

  test('a hash of another kind is outdated', () => {
    expect(new PasswordHasher(CHEAP).isOutdated('$argon2i$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA')).toBe(true);
  });

  test('a hash made with more than the present cost is kept', async () => {
    const hash = await new PasswordHasher({ ...CHEAP, passes: 3 }).hash('any password at all');
    expect(new PasswordHasher(CHEAP).isOutdated(hash)).toBe(false);
  });

  test('refuses the 35th at once', async () => {
    const hasher = new PasswordHasher(CHEAP);
    const results = await Promise.allSettled(Array.from({ length: 35 }, () => hasher.hash('any password at all')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'NS_BUSY' });
  });
});
