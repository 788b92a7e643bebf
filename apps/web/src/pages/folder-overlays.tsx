/** What can lie above or beside the list of a folder: the viewer, dialogs, details. At most one of each. */
import type { Entry } from '@netstore/shared-types';
import { DetailsPanel, type Oversight } from '../components/details/details-panel.tsx';
import { DeleteDialog } from '../components/dialogs/delete-dialog.tsx';
import { MoveDialog } from '../components/dialogs/move-dialog.tsx';
import { NameDialog } from '../components/dialogs/name-dialog.tsx';
import type { EntryOperations } from '../components/list/use-entry-operations.ts';
import { ShareDialog } from '../components/shares/share-dialog.tsx';
import { Viewer } from '../components/viewer/viewer.tsx';
import { joinPath } from '../names/path.ts';

export type Overlay =
  | { readonly kind: 'make-folder' }
  | { readonly kind: 'share'; readonly entry: Entry; readonly canWrite: boolean }
  | { readonly kind: 'rename'; readonly entry: Entry }
  | { readonly kind: 'move' | 'delete'; readonly entries: readonly Entry[] }
  | { readonly kind: 'details'; readonly path: string };

interface FolderOverlaysProps {
  readonly place: { readonly space: string; readonly folder: string };
  readonly oversight: Oversight;
  readonly overlay: Overlay | undefined;
  readonly onOverlay: (overlay: Overlay | undefined) => void;
  /** The file that is shown in the viewer. */
  readonly opened: Entry | undefined;
  readonly onCloseOpened: () => void;
  readonly operations: EntryOperations;
  readonly onDeleted: (entries: readonly Entry[]) => void;
}

export function FolderOverlays(props: FolderOverlaysProps) {
  const { place, oversight, overlay, onOverlay, opened, onCloseOpened, operations } = props;
  return (
    <>
      {overlay?.kind === 'details' && (
        <DetailsPanel
          space={place.space}
          path={overlay.path}
          oversight={oversight}
          onClose={() => onOverlay(undefined)}
          onDownload={(path, version) => void operations.download(path, version)}
        />
      )}
      {overlay !== undefined && overlay.kind !== 'details' && <FolderDialog {...props} overlay={overlay} />}
      {opened !== undefined && (
        <Viewer space={place.space} entry={opened} onClose={onCloseOpened} onDownload={() => void operations.download(opened.path)} />
      )}
    </>
  );
}

type FolderDialogProps = FolderOverlaysProps & { readonly overlay: Exclude<Overlay, { readonly kind: 'details' }> };

function FolderDialog({ place, overlay, onOverlay, operations, onDeleted }: FolderDialogProps) {
  const onClose = (): void => onOverlay(undefined);
  switch (overlay.kind) {
    case 'make-folder': {
      const make = (name: string): Promise<void> => operations.makeFolder(joinPath(place.folder, name));
      return <NameDialog title="New folder" label="Name" submitLabel="Make folder" initialName="" onSubmit={make} onClose={onClose} />;
    }
    case 'rename': {
      const rename = (name: string): Promise<void> => operations.rename(overlay.entry, name);
      return (
        <NameDialog
          title={`Rename this ${overlay.entry.kind}`}
          label="New name"
          submitLabel="Rename"
          initialName={overlay.entry.name}
          onSubmit={rename}
          onClose={onClose}
        />
      );
    }
    case 'share':
      return <ShareDialog space={place.space} entry={overlay.entry} canWrite={overlay.canWrite} onClose={onClose} />;
    case 'move':
      return (
        <MoveDialog
          space={place.space}
          entries={overlay.entries}
          onMove={(folder) => operations.move(overlay.entries, folder)}
          onClose={onClose}
        />
      );
    case 'delete': {
      const remove = async (): Promise<void> => {
        await operations.remove(overlay.entries);
        onDeleted(overlay.entries);
      };
      return <DeleteDialog entries={overlay.entries} onDelete={remove} onClose={onClose} />;
    }
  }
}
