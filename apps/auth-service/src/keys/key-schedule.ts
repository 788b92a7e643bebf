/**
 * When each signing key is published, signs, and goes. Pure: keys and the time in, decisions out.
 *
 *   made        published at once, so that everybody who keeps a copy of the key set has it long before it is needed
 *   + 1 h       signs
 *   + 30 d      its successor is made; one hour later that one signs
 *   then        stays published until the last token it signed has expired, and is deleted
 *
 * A token is therefore never signed with a key that a verifier could not have, nor verified after its key is gone: rotation
 * causes no 401. The very first key signs at once, because there is no other.
 */

const HOUR_MS = 60 * 60 * 1000;
export const PUBLISHED_AHEAD_MS = HOUR_MS;
export const SIGNING_PERIOD_MS = 30 * 24 * HOUR_MS;
/** Far more than the 10 min of a token and 30 s of skew; costs nothing. */
export const KEPT_AFTERWARDS_MS = HOUR_MS;

export interface KeySchedule<Key> {
  /** `undefined` only when there is no key at all. */
  readonly signing: Key | undefined;
  readonly expired: readonly Key[];
  readonly isNewNeeded: boolean;
}

/** `keys` in order of their making, oldest first. */
export function scheduleKeys<Key extends { readonly createdAt: number }>(keys: readonly Key[], now: number): KeySchedule<Key> {
  const newest = keys.at(-1);
  const signing = keys.findLast((key) => key.createdAt + PUBLISHED_AHEAD_MS <= now) ?? keys[0];
  return {
    signing,
    // A key is over when its successor has been signing for long enough.
    expired: keys.filter((_key, index) => {
      const successor = keys[index + 1];
      return successor !== undefined && successor.createdAt + PUBLISHED_AHEAD_MS + KEPT_AFTERWARDS_MS <= now;
    }),
    isNewNeeded: newest === undefined || newest.createdAt + SIGNING_PERIOD_MS <= now,
  };
}
