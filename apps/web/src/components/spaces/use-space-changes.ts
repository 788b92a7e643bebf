import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

/**
 * Has everything asked again that a change of spaces, rules or groups may have changed. `gone`: the name that a space had until now, about which
 * a page that is still open must not ask any more.
 */
export function useSpaceChanges(): (gone?: string) => void {
  const queries = useQueryClient();
  return useCallback(
    (gone) => {
      const predicate = ({ queryKey }: { readonly queryKey: QueryKey }): boolean => gone === undefined || spaceOf(queryKey) !== gone;
      for (const key of ['me', 'spaces', 'grants', 'viewers', 'access']) void queries.invalidateQueries({ queryKey: [key], predicate });
    },
    [queries],
  );
}

/** As the keys in `use-spaces.ts` name it. */
function spaceOf([kind, first, second]: QueryKey): unknown {
  return kind === 'spaces' ? second : first;
}
