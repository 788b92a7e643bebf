/**
 * Protocol versions. Version 1 is the first. HELLO and CHALLENGE keep their shape in every version, since they are
 * what finds the version.
 */
import { NetStoreError } from '@netstore/shared-types';

export const PROTOCOL_VERSION_MIN = 1;
export const PROTOCOL_VERSION_MAX = 1;

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

export const SPOKEN_VERSIONS: VersionRange = {
  min: PROTOCOL_VERSION_MIN,
  max: PROTOCOL_VERSION_MAX,
};

/** The highest version that both sides speak. Throws `NS_VERSION_UNSUPPORTED` naming both ranges. */
export function negotiateVersion(offered: VersionRange, spoken: VersionRange = SPOKEN_VERSIONS): number {
  const version = Math.min(offered.max, spoken.max);
  if (version < offered.min || version < spoken.min) {
    throw new NetStoreError(
      'NS_VERSION_UNSUPPORTED',
      `No protocol version in common: this side speaks ${spoken.min} to ${spoken.max}, the peer ${offered.min} to ${offered.max}`,
    );
  }
  return version;
}
