/**
 * Every path that a request names is judged here, beside the look-up of what is there. What one may not see is answered like what is not there;
 * what one may see and not do, with `NS_FORBIDDEN`.
 */
import { type Action, canBelow, decide, type FilePath, NetStoreError } from '@netstore/shared-types';
import { notFound } from '../files/not-found.ts';
import type { GrantedSpace } from './space-rights.ts';

interface Asked {
  readonly action: Action;
  readonly path: FilePath;
  /** What the answer says is not there, in the words that it would be said in if nothing were. */
  readonly what: string;
}

/** Throws `NS_NOT_FOUND` or `NS_FORBIDDEN`. */
export function permit({ access }: GrantedSpace, { action, path, what }: Asked): void {
  if (decide(access, action, path).isAllowed) return;
  if (!decide(access, 'see', path).isAllowed) throw notFound(what, false);
  throw forbidden();
}

/** For what is done to a folder with all below it. The refusal does not say where something stands against it. */
export function permitBelow(space: GrantedSpace, asked: Asked): void {
  permit(space, asked);
  if (!canBelow(space.access, asked.action, asked.path)) throw forbidden();
}

function forbidden(): NetStoreError {
  return new NetStoreError('NS_FORBIDDEN', 'You may see this but not do that');
}
