import { describe, expect, test } from 'vitest';
import { negotiateVersion, SPOKEN_VERSIONS } from './version.ts';

describe('negotiateVersion', () => {
  test.each([
    [{ min: 1, max: 1 }, { min: 1, max: 1 }, 1],
    [{ min: 1, max: 9 }, { min: 1, max: 3 }, 3],
    [{ min: 2, max: 3 }, { min: 1, max: 9 }, 3],
    [{ min: 3, max: 3 }, { min: 1, max: 3 }, 3],
  ])('%o and %o speak %i', (offered, spoken, version) => {
    expect(negotiateVersion(offered, spoken)).toBe(version);
  });

  test.each([
    [
      { min: 2, max: 3 },
      { min: 1, max: 1 },
    ],
    [
      { min: 1, max: 1 },
      { min: 2, max: 3 },
    ],
    [
      { min: 5, max: 4 },
      { min: 1, max: 9 },
    ],
  ])('%o and %o have no version in common', (offered, spoken) => {
    expect(() => negotiateVersion(offered, spoken)).toThrow(
      `this side speaks ${spoken.min} to ${spoken.max}, the peer ${offered.min} to ${offered.max}`,
    );
  });

  test('without another range, the one of this program counts', () => {
    expect(negotiateVersion(SPOKEN_VERSIONS)).toBe(SPOKEN_VERSIONS.max);
  });
});
