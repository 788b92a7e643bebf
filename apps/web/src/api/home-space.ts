import type { Me } from '@netstore/shared-types';

/** The space that somebody's visit begins in; `undefined` for those who have none. */
export function homeSpace({ spaces, user }: Me): Me['spaces'][number] | undefined {
  return spaces.find((space) => space.name === `home-${user.username}`) ?? spaces[0];
}
