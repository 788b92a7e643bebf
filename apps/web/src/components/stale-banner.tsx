/** Says plainly that what is shown may be out of date, and asks again until it is not. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useObservable } from '../api/observable.ts';
import { useNetStore } from '../net-store.ts';
import { Icon } from './icon.tsx';

const ASK_MS = 3000;
const LISTS: ReadonlySet<unknown> = new Set(['entries', 'trash']);

export function StaleBanner() {
  const { client } = useNetStore();
  const isStale = useObservable(client.known.isStale);
  const queries = useQueryClient();
  useEffect(() => {
    if (!isStale) return;
    const timer = window.setInterval(
      () => void queries.refetchQueries({ type: 'active', predicate: ({ queryKey }) => LISTS.has(queryKey[0]) }),
      ASK_MS,
    );
    return () => window.clearInterval(timer);
  }, [isStale, queries]);
  if (!isStale) return null;
  return (
    <p className="banner" role="status">
      <Icon name="alert" size={18} />
      No node can say for certain what is newest. What you see may be out of date.
    </p>
  );
}
