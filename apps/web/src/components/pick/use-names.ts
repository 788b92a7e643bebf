/** Names to suggest. Only admins and auditors may ask who and which groups there are: everybody else gets none, and types. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { seesPeople } from '../../api/sees-people.ts';
import { useMe } from '../../api/use-me.ts';
import { useNetStore } from '../../net-store.ts';

const SUGGESTED_MAX = 50;
/** Groups are few: all that one request gives are looked through here. */
const GROUPS_MAX = 1000;

export function usePersonNames(typed: string): readonly string[] {
  const { people } = useNetStore();
  const search = useDeferredValue(typed.trim());
  const query = useQuery({
    queryKey: ['people', 'names', search],
    queryFn: async ({ signal }) => (await people.users({ search, cursor: null, limit: SUGGESTED_MAX }, signal)).users,
    enabled: useMaySuggest(),
    placeholderData: (before) => before,
  });
  return (query.data ?? []).filter(({ disabledAt }) => disabledAt === null).map(({ username }) => username);
}

export function useGroupNames(): readonly string[] {
  const { groups } = useNetStore();
  const query = useQuery({
    queryKey: ['groups', 'names'],
    queryFn: async ({ signal }) => (await groups.list({ cursor: null, limit: GROUPS_MAX }, signal)).groups,
    enabled: useMaySuggest(),
  });
  return (query.data ?? []).map(({ name }) => name);
}

export function useMaySuggest(): boolean {
  const { data: me } = useMe();
  return me !== undefined && seesPeople(me);
}
