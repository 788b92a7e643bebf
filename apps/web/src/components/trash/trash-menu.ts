/** What can be done with one entry of the trash, in the order of the menu. */
import type { MenuItem } from '../menu.tsx';

export type TrashAction = 'restore' | 'restore-to' | 'purge';

const ITEMS: readonly (Omit<MenuItem, 'onSelect'> & { readonly action: TrashAction })[] = [
  { action: 'restore', label: 'Restore', icon: 'restore' },
  { action: 'restore-to', label: 'Restore to…', icon: 'move' },
  { action: 'purge', label: 'Delete forever…', icon: 'trash', isDangerous: true },
];

export function trashMenu(onAction: (action: TrashAction) => void): MenuItem[] {
  return ITEMS.map(({ action, ...item }) => ({ ...item, onSelect: () => onAction(action) }));
}
