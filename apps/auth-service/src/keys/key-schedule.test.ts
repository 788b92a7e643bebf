import { describe, expect, test } from 'vitest';
import { scheduleKeys } from './key-schedule.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const TOKEN_LIFETIME_MS = 10 * MINUTE_MS;
const SKEW_MS = 30_000;

interface Key {
  readonly createdAt: number;
}

/** What `KeyRing.rotate` does, without a database. */
function rotate(keys: readonly Key[], now: number): readonly Key[] {
  const grown = scheduleKeys(keys, now).isNewNeeded ? [...keys, { createdAt: now }] : keys;
  const { expired } = scheduleKeys(grown, now);
  return grown.filter((key) => !expired.includes(key));
}

describe('scheduleKeys', () => {
  test('the first key signs at once', () => {
    const keys = rotate([], 0);
    expect(keys).toEqual([{ createdAt: 0 }]);
    expect(scheduleKeys(keys, 0).signing).toBe(keys[0]);
  });

  test('over 200 days no token meets a verifier that cannot know its key', () => {
    let keys = rotate([], 0);
    /** What a verifier holds that fetched the key set up to a minute ago. */
    let published = keys;
    const recent: { key: Key | undefined; at: number }[] = [];
    const signers = new Set<Key | undefined>();
    for (let now = 0; now < 200 * DAY_MS; now += MINUTE_MS) {
      const { signing } = scheduleKeys(keys, now);
      signers.add(signing);
      recent.push({ key: signing, at: now });
      while (recent[0] !== undefined && recent[0].at + TOKEN_LIFETIME_MS + SKEW_MS < now) recent.shift();
      for (const { key } of recent) if (key === undefined || !published.includes(key)) expect.fail(`a 401 at ${now}`);
      published = keys;
      if (now % (10 * MINUTE_MS) === 0) keys = rotate(keys, now);
      if (keys.length > 2) expect.fail(`${keys.length} keys at ${now}`);
    }
    expect(signers.size).toBe(7);
  });

  test('after a service was down for months, the old key signs until its successor is known', () => {
    const old = { createdAt: 0 };
    const now = 100 * DAY_MS;
    const keys = rotate([old], now);
    expect(keys).toHaveLength(2);
    expect(scheduleKeys(keys, now).signing).toBe(old);
    expect(scheduleKeys(keys, now + 60 * MINUTE_MS).signing).toBe(keys[1]);
    expect(scheduleKeys(keys, now + 119 * MINUTE_MS).expired).toEqual([]);
    expect(scheduleKeys(keys, now + 120 * MINUTE_MS).expired).toEqual([old]);
  });

  test('a clock that went back still finds a key to sign with', () => {
    const keys = [{ createdAt: 1_000 * DAY_MS }];
    expect(scheduleKeys(keys, 0)).toMatchObject({ signing: keys[0], isNewNeeded: false });
  });
});
