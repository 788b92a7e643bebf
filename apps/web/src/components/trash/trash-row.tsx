// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows come and go while it scrolls cannot be a <table>.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active row.

/** One entry of the trash in the list. Drawn anew only when something about it changes. */
import type { TrashEntry } from '@netstore/shared-types';
import { memo } from 'react';
import { formatCount, formatSize } from '../../format/size.ts';
import { formatAge, formatTime, formatUntil } from '../../format/time.ts';
import { parentOf } from '../../names/path.ts';
import { entryIcon } from '../entry-kind.ts';
import { Icon } from '../icon.tsx';
import type { RowPlace } from '../list/list-grid.tsx';
import type { RowPointing } from '../list/use-list-selection.ts';
import { Menu } from '../menu.tsx';
import { type TrashAction, trashMenu } from './trash-menu.ts';

export interface TrashRowHandlers extends RowPointing<TrashEntry> {
  /** `undefined` where the space is read only. */
  readonly onAction: ((entry: TrashEntry, action: TrashAction) => void) | undefined;
}

interface TrashRowProps extends RowPlace {
  readonly space: string;
  readonly entry: TrashEntry;
  readonly nowMs: number;
  readonly handlers: TrashRowHandlers;
}

/** What goes for good sooner than this is marked. */
const SOON_MS = 3 * 24 * 60 * 60_000;

function TrashRowView({ id, space, entry, index, top, nowMs, isSelected, isActive, handlers }: TrashRowProps) {
  const { onPoint, onReach, onToggle, onAction } = handlers;
  const classes = ['row', isSelected ? 'is-selected' : '', isActive ? 'is-active' : ''].join(' ');
  const isSoon = Date.parse(entry.purgeAt) - nowMs < SOON_MS;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all rows.
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={classes}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onPoint(entry, event)}
      onFocus={() => onReach(entry)}
    >
      <span role="gridcell" className="cell-check">
        <input
          type="checkbox"
          className="checkbox"
          tabIndex={-1}
          aria-label={`Select ${entry.name}`}
          checked={isSelected}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(entry, event.shiftKey);
          }}
          onChange={() => undefined}
        />
      </span>
      <span role="gridcell" className="cell-name">
        <Icon name={entryIcon({ ...entry, contentType: null })} size={22} />
        <bdi className="cell-text" title={entry.name}>
          {entry.name}
        </bdi>
      </span>
      <span role="gridcell" className="cell-place">
        <bdi className="cell-text" title={entry.path}>
          {parentOf(entry.path) || space}
        </bdi>
      </span>
      <span role="gridcell" className="cell-size" title={amountTitle(entry)}>
        {entry.sizeBytes === null ? 'Not counted' : formatSize(entry.sizeBytes)}
      </span>
      <span role="gridcell" className="cell-time">
        <span className="cell-word">Deleted </span>
        <time dateTime={entry.deletedAt} title={formatTime(entry.deletedAt)}>
          {formatAge(entry.deletedAt, nowMs)}
        </time>
      </span>
      <span role="gridcell" className={isSoon ? 'cell-purge is-soon' : 'cell-purge'}>
        <span className="cell-word">Gone </span>
        <time dateTime={entry.purgeAt} title={formatTime(entry.purgeAt)}>
          {formatUntil(entry.purgeAt, nowMs)}
        </time>
      </span>
      <span role="gridcell" className="cell-menu">
        {onAction !== undefined && entry.isReadOnly !== true && (
          <Menu
            label={`Actions for ${entry.name}`}
            className="icon-button"
            tabIndex={-1}
            items={trashMenu((action) => onAction(entry, action))}
          >
            <Icon name="more" />
          </Menu>
        )}
      </span>
    </div>
  );
}

function amountTitle({ kind, files }: TrashEntry): string {
  if (kind === 'file') return 'With all its versions';
  return files === null ? 'Too much is in it to count in passing' : `${formatCount(files, 'file')}, with all versions`;
}

export const TrashRow = memo(TrashRowView);
