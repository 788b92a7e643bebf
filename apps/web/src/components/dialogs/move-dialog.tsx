import type { Entry } from '@netstore/shared-types';
import { formatCount } from '../../format/size.ts';
import { isInside, parentOf } from '../../names/path.ts';
import { ChooseFolderDialog } from './choose-folder-dialog.tsx';

interface MoveDialogProps {
  readonly space: string;
  readonly entries: readonly Entry[];
  /** Never rejects: what could not be moved is told elsewhere, entry by entry. */
  readonly onMove: (folder: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Where to? Not where the entries are already, and not into themselves. */
export function MoveDialog({ space, entries, onMove, onClose }: MoveDialogProps) {
  const from = parentOf(entries[0]?.path ?? '');
  const [only] = entries;
  const what = entries.length === 1 && only !== undefined ? `“${only.name}”` : formatCount(entries.length, 'entry', 'entries');
  const isForbidden = (path: string): boolean =>
    entries.some((entry) => entry.kind === 'folder' && (path === entry.path || isInside(path, entry.path)));
  return (
    <ChooseFolderDialog
      title={`Move ${what}`}
      submitLabel="Move here"
      busyLabel="Moving…"
      space={space}
      from={from}
      isForbidden={isForbidden}
      isPointless={(folder) => folder === from}
      onSubmit={onMove}
      onClose={onClose}
    />
  );
}
