// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows come and go while it scrolls cannot be a <table>.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active row.

/** One entry in the list. Drawn anew only when something about it changes. */
import type { Entry } from '@netstore/shared-types';
import { memo } from 'react';
import { Link } from 'react-router';
import { formatSize } from '../../format/size.ts';
import { formatAge, formatTime } from '../../format/time.ts';
import { entryIcon } from '../entry-kind.ts';
import { Icon } from '../icon.tsx';
import { Menu } from '../menu.tsx';
import { ReplicaMark } from '../replica-mark.tsx';
import { type EntryAction, entryMenu } from './entry-menu.ts';
import type { RowPlace } from './list-grid.tsx';
import type { RowPointing } from './use-list-selection.ts';

export interface RowHandlers extends RowPointing<Entry> {
  readonly canWrite: boolean;
  readonly addressOf: (entry: Entry) => string;
  readonly onOpen: (entry: Entry) => void;
  readonly onAction: (entry: Entry, action: EntryAction) => void;
}

interface FileRowProps extends RowPlace {
  readonly entry: Entry;
  readonly nowMs: number;
  readonly handlers: RowHandlers;
}

function FileRowView({ id, entry, index, top, nowMs, isSelected, isActive, handlers }: FileRowProps) {
  const classes = ['row', isSelected ? 'is-selected' : '', isActive ? 'is-active' : ''].join(' ');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all rows.
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={classes}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => handlers.onPoint(entry, event)}
      onDoubleClick={() => handlers.onOpen(entry)}
      onFocus={() => handlers.onReach(entry)}
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
            handlers.onToggle(entry, event.shiftKey);
          }}
          onChange={() => undefined}
        />
      </span>
      <span role="gridcell" className="cell-name">
        <Icon name={entryIcon(entry)} size={22} />
        <Link
          className="row-name"
          tabIndex={-1}
          to={handlers.addressOf(entry)}
          draggable={false}
          onClick={(event) => event.stopPropagation()}
        >
          <bdi>{entry.name}</bdi>
        </Link>
      </span>
      <span role="gridcell" className="cell-size">
        {entry.kind === 'folder' ? <span className="cell-folder">Folder</span> : formatSize(entry.sizeBytes)}
      </span>
      <span role="gridcell" className="cell-time">
        <time dateTime={entry.modifiedAt} title={formatTime(entry.modifiedAt)}>
          {formatAge(entry.modifiedAt, nowMs)}
        </time>
      </span>
      <span role="gridcell" className="cell-copies">
        {entry.replicas !== null && <ReplicaMark replicas={entry.replicas} />}
      </span>
      <span role="gridcell" className="cell-menu">
        <Menu
          label={`Actions for ${entry.name}`}
          className="icon-button"
          tabIndex={-1}
          items={entryMenu(entry, { canWrite: handlers.canWrite, onAction: (action) => handlers.onAction(entry, action) })}
        >
          <Icon name="more" />
        </Menu>
      </span>
    </div>
  );
}

export const FileRow = memo(FileRowView);
