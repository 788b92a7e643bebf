// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows come and go while it scrolls cannot be a <table>.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active row.

import { Icon } from '../icon.tsx';

interface MoreRowProps {
  readonly top: number;
  readonly hasProblem: boolean;
  readonly onRetry: () => void;
}

/** The row below the loaded ones, while more are coming or could not come. */
export function MoreRow({ top, hasProblem, onRetry }: MoreRowProps) {
  return (
    <div className="row row-more" role="row" style={{ transform: `translateY(${top}px)` }}>
      <span role="gridcell" className="row-more-text">
        {hasProblem ? (
          <button type="button" className="button" onClick={onRetry}>
            <Icon name="retry" size={18} />
            The rest could not be loaded. Try again
          </button>
        ) : (
          'Loading more…'
        )}
      </span>
    </div>
  );
}
