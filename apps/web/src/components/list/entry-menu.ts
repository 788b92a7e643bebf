/** What can be done with one entry, in the order of the menu. */
import type { Entry } from '@netstore/shared-types';
import type { MenuItem } from '../menu.tsx';

export type EntryAction = 'open' | 'download' | 'rename' | 'move' | 'details' | 'share' | 'delete';

interface Item extends Omit<MenuItem, 'onSelect'> {
  readonly action: EntryAction;
  /** Only for those who may change what is here, and not for what is closed to them. */
  readonly isWrite?: boolean;
}

const ITEMS: readonly Item[] = [
  { action: 'open', label: 'Open', icon: 'file' },
  { action: 'download', label: 'Download', icon: 'download' },
  { action: 'rename', label: 'Rename…', icon: 'rename', isWrite: true },
  { action: 'move', label: 'Move…', icon: 'move', isWrite: true },
  { action: 'share', label: 'Share…', icon: 'link' },
  { action: 'details', label: 'Details', icon: 'details' },
  { action: 'delete', label: 'Delete…', icon: 'trash', isDangerous: true, isWrite: true },
];

interface EntryMenuOptions {
  readonly canWrite: boolean;
  readonly onAction: (action: EntryAction) => void;
}

export function entryMenu(entry: Entry, { canWrite, onAction }: EntryMenuOptions): MenuItem[] {
  const canChange = canWrite && entry.isReadOnly !== true;
  const items = ITEMS.filter(({ action, isWrite = false }) => (action !== 'download' || entry.kind === 'file') && (canChange || !isWrite));
  return items.map(({ action, isWrite: _isWrite, ...item }) => ({
    ...item,
    icon: action === 'open' && entry.kind === 'folder' ? 'folder' : item.icon,
    onSelect: () => onAction(action),
  }));
}
