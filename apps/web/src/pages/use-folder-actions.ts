/** What the mouse, the menus and the keys do with the entries of one folder. */
import type { Entry } from '@netstore/shared-types';
import { useCallback, useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { EntryAction } from '../components/list/entry-menu.ts';
import type { RowHandlers } from '../components/list/file-row.tsx';
import type { ListCommand } from '../components/list/list-keys.ts';
import type { EntryOperations } from '../components/list/use-entry-operations.ts';
import type { ListSelection } from '../components/list/use-list-selection.ts';
import { folderAddress, parentOf } from '../names/path.ts';
import { useNetStore } from '../net-store.ts';
import type { Overlay } from './folder-overlays.tsx';

interface FolderActionsOptions {
  readonly place: { readonly space: string; readonly folder: string };
  readonly canWrite: boolean;
  readonly selection: ListSelection<Entry>;
  readonly operations: EntryOperations;
  readonly onOverlay: (overlay: Overlay) => void;
}

export interface FolderActions {
  readonly act: (entries: readonly Entry[], action: EntryAction) => void;
  readonly onCommand: (kind: ListCommand['kind']) => void;
  readonly rowHandlers: RowHandlers;
}

export function useFolderActions({ place, canWrite, selection, operations, onOverlay }: FolderActionsOptions): FolderActions {
  const { space, folder } = place;
  const navigate = useNavigate();
  const { notices } = useNetStore();
  const addressOf = useCallback(
    (entry: Entry): string => {
      if (entry.kind === 'folder') return folderAddress(space, entry.path);
      return `${folderAddress(space, folder)}?open=${encodeURIComponent(entry.name)}`;
    },
    [space, folder],
  );
  const act = useCallback(
    (entries: readonly Entry[], action: EntryAction): void => {
      const [first] = entries;
      if (first === undefined) return;
      if (action === 'open') void navigate(addressOf(first));
      else if (action === 'download') void operations.downloadAll(entries);
      else if (action === 'details') onOverlay({ kind: 'details', path: first.path });
      else if (action === 'share') onOverlay({ kind: 'share', entry: first, canWrite });
      else if (canWrite && !entries.some(({ isReadOnly }) => isReadOnly === true))
        onOverlay(action === 'rename' ? { kind: 'rename', entry: first } : { kind: action, entries });
    },
    [navigate, addressOf, operations, canWrite, onOverlay],
  );
  const onCommand = (kind: ListCommand['kind']): void => {
    const active = selection.activeEntry === undefined ? [] : [selection.activeEntry];
    if (kind === 'open-parent' && folder !== '') void navigate(folderAddress(space, parentOf(folder)), { state: { from: folder } });
    else if (kind === 'delete') act(selection.meant, 'delete');
    else if (kind === 'undo') notices.undo();
    else if (kind === 'open' || kind === 'rename' || kind === 'details') act(active, kind);
  };
  const { pointing } = selection;
  const rowHandlers = useMemo<RowHandlers>(
    () => ({
      ...pointing,
      canWrite,
      addressOf,
      onOpen: (entry) => act([entry], 'open'),
      onAction: (entry, action) => act([entry], action),
    }),
    [addressOf, act, canWrite, pointing],
  );
  return { act, onCommand, rowHandlers };
}
