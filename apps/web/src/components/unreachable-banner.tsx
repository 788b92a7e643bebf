/** Says plainly that the server is away, and asks for it until it is back. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { exchange, isReachable } from '../api/http.ts';
import { useObservable } from '../api/observable.ts';
import { Icon } from './icon.tsx';

const ASK_MS = 3000;

export function UnreachableBanner() {
  const reachable = useObservable(isReachable);
  const queries = useQueryClient();
  useEffect(() => {
    if (reachable) return;
    const ask = (): void => {
      exchange({ path: '/livez' }).then(
        () => queries.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' }),
        () => undefined,
      );
    };
    const timer = window.setInterval(ask, ASK_MS);
    return () => window.clearInterval(timer);
  }, [reachable, queries]);
  if (reachable) return null;
  return (
    <p className="banner" role="status">
      <Icon name="alert" size={18} />
      NetStore does not answer. What you see may be out of date; uploads wait and go on by themselves.
    </p>
  );
}
