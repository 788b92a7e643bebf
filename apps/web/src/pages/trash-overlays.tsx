/** What can lie above the list of the trash. */
import type { TrashEntry } from '@netstore/shared-types';
import { ChooseFolderDialog } from '../components/dialogs/choose-folder-dialog.tsx';
import { EmptyTrashDialog } from '../components/dialogs/empty-trash-dialog.tsx';
import { PurgeDialog } from '../components/dialogs/purge-dialog.tsx';
import { purgeEntries } from '../components/trash/purge-entries.ts';
import { formatCount } from '../format/size.ts';
import { useNetStore } from '../net-store.ts';

export type TrashOverlay = { readonly kind: 'purge' | 'restore-to'; readonly entries: readonly TrashEntry[] } | { readonly kind: 'empty' };

interface TrashOverlaysProps {
  readonly space: string;
  readonly overlay: TrashOverlay | undefined;
  readonly onClose: () => void;
  readonly onRestore: (entries: readonly TrashEntry[], folder: string) => Promise<void>;
  /** Called before they vanish. */
  readonly onPurged: (entries: readonly TrashEntry[]) => void;
}

const nowhere = (): boolean => false;

export function TrashOverlays({ space, overlay, onClose, onRestore, onPurged }: TrashOverlaysProps) {
  const netStore = useNetStore();
  switch (overlay?.kind) {
    case undefined:
      return null;
    case 'empty':
      return (
        <EmptyTrashDialog
          space={space}
          onPurge={(ids, onProgress) => purgeEntries(netStore, { space, ids, onProgress })}
          onClose={onClose}
        />
      );
    case 'purge': {
      const { entries } = overlay;
      const purge = (onProgress: (done: number) => void): Promise<void> => {
        onPurged(entries);
        return purgeEntries(netStore, { space, ids: entries.map(({ id }) => id), onProgress });
      };
      return <PurgeDialog entries={entries} onPurge={purge} onClose={onClose} />;
    }
    case 'restore-to': {
      const { entries } = overlay;
      const [only] = entries;
      const what = entries.length === 1 && only !== undefined ? `“${only.name}”` : formatCount(entries.length, 'entry', 'entries');
      return (
        <ChooseFolderDialog
          title={`Restore ${what} to`}
          submitLabel="Restore here"
          busyLabel="Restoring…"
          space={space}
          from=""
          isForbidden={nowhere}
          isPointless={nowhere}
          onSubmit={(folder) => onRestore(entries, folder)}
          onClose={onClose}
        />
      );
    }
  }
}
