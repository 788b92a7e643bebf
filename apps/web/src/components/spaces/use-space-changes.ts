import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

/** Has everything asked again that a change of spaces, rules or groups may have changed. */
export function useSpaceChanges(): () => void {
  const queries = useQueryClient();
  return useCallback(() => {
    for (const key of ['me', 'spaces', 'grants', 'viewers', 'access']) void queries.invalidateQueries({ queryKey: [key] });
  }, [queries]);
}
