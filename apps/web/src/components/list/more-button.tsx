import { Icon } from '../icon.tsx';
import type { Loaded } from './use-loaded.ts';

/** Below a plain list of which more can be loaded. */
export function MoreButton({ loaded }: { readonly loaded: Loaded<unknown> }) {
  if (!loaded.hasMore) return null;
  return (
    <button type="button" className="button" disabled={loaded.isLoadingMore} onClick={loaded.loadMore}>
      <Icon name={loaded.hasMoreProblem ? 'retry' : 'chevron-down'} size={18} />
      {loaded.hasMoreProblem ? 'More could not be loaded. Try again' : loaded.isLoadingMore ? 'Loading…' : 'Show more'}
    </button>
  );
}
