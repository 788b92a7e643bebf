/** What has to be asked of the auth service again: by its own word, or because a request changed it that this gateway passed on. */
import type { Change } from '@netstore/shared-types';
import type { Holder } from './principal.ts';

/** `member`: what groups give somebody, who is named as in the route. `holder`: what one key or link has, which may have ended. */
export type Outdated =
  | Change
  | { readonly kind: 'member'; readonly username: string }
  | { readonly kind: 'holder'; readonly holder: { readonly kind: Holder['kind']; readonly id: string } };
