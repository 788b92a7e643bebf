/** What can be done with one entry, in the order of the menu. */
import type { Entry } from '@netstore/shared-types';
import type { MenuItem } from '../menu.tsx';

export type EntryAction = 'open' | 'download' | 'rename' | 'move' | 'details' | 'delete';

const ITEMS: readonly (Omit<MenuItem, 'onSelect'> & { readonly action: EntryAction })[] = [
  { action: 'open', label: 'Open', icon: 'file' },
  { action: 'download', label: 'Download', icon: 'download' },
  { action: 'rename', label: 'Rename…', icon: 'rename' },
  { action: 'move', label: 'Move…', icon: 'move' },
  { action: 'details', label: 'Details', icon: 'details' },
  { action: 'delete', label: 'Delete…', icon: 'trash', isDangerous: true },
];

export function entryMenu(entry: Entry, onAction: (action: EntryAction) => void): MenuItem[] {
  return ITEMS.filter(({ action }) => action !== 'download' || entry.kind === 'file').map(({ action, ...item }) => ({
    ...item,
    icon: action === 'open' && entry.kind === 'folder' ? 'folder' : item.icon,
    onSelect: () => onAction(action),
  }));
}
