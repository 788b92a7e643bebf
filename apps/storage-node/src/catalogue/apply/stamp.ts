import type { UserId } from '@netstore/shared-types';

/** What a record says besides its operation. All that rules may know of the world, with the state before it. */
export interface Stamp {
  readonly seq: number;
  readonly timeMs: number;
  readonly author: UserId;
}
