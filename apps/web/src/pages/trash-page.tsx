/** The trash of a space: what was deleted, and the ways back and out. */
import type { TrashEntry } from '@netstore/shared-types';
import { useCallback, useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { ListCommand } from '../components/list/list-keys.ts';
import { ListSkeleton } from '../components/list/list-skeleton.tsx';
import { ReadOnlyNote } from '../components/list/read-only-note.tsx';
import { useListSelection } from '../components/list/use-list-selection.ts';
import { ProblemNote } from '../components/problem-note.tsx';
import { StaleBanner } from '../components/stale-banner.tsx';
import { EmptyTrashNote } from '../components/trash/empty-trash-note.tsx';
import { restoreEntries } from '../components/trash/restore-entries.ts';
import { SpaceChoice } from '../components/trash/space-choice.tsx';
import { TrashList, trashIdOf } from '../components/trash/trash-list.tsx';
import type { TrashAction } from '../components/trash/trash-menu.ts';
import { TrashToolbar } from '../components/trash/trash-toolbar.tsx';
import { useTrash } from '../components/trash/use-trash.ts';
import { useTitle } from '../components/use-title.ts';
import { formatSpan } from '../format/time.ts';
import { folderAddress } from '../names/path.ts';
import { useNetStore } from '../net-store.ts';
import { type TrashOverlay, TrashOverlays } from './trash-overlays.tsx';

interface TrashPageProps {
  readonly space: string;
  /** All that the user may see the trash of. */
  readonly spaces: readonly string[];
  /** Somewhere in the space. What of the trash may be brought back goes by where it was. */
  readonly canWriteSomewhere: boolean;
}

export function TrashPage({ space, spaces, canWriteSomewhere }: TrashPageProps) {
  useTitle('Trash');
  const netStore = useNetStore();
  const navigate = useNavigate();
  const trash = useTrash(space);
  const { entries, hasMore, isLoading, problem, reload } = trash;
  const isEmpty = entries.length === 0 && !hasMore;
  const canWrite = canWriteSomewhere && (entries.length === 0 || entries.some(isChangeable));
  const isKnown = !isLoading && problem === null;
  const selection = useListSelection(entries, { keyOf: trashIdOf });
  const { pointing, selectedEntries, stepBeyond } = selection;
  const [overlay, setOverlay] = useState<TrashOverlay>();

  const restore = useCallback(
    async (chosen: readonly TrashEntry[], folder?: string): Promise<void> => {
      stepBeyond(chosen);
      const onShow = (shown: string): void => void navigate(folderAddress(space, shown));
      await restoreEntries(netStore, { space, entries: chosen, folder, onShow });
    },
    [stepBeyond, navigate, netStore, space],
  );
  const act = useCallback(
    (chosen: readonly TrashEntry[], action: TrashAction): void => {
      const changeable = chosen.filter(isChangeable);
      if (changeable.length === 0 || !canWrite) return;
      if (action === 'restore') void restore(changeable);
      else setOverlay({ kind: action, entries: changeable });
    },
    [restore, canWrite],
  );
  const onCommand = (kind: ListCommand['kind']): void => {
    if (kind === 'open') act(selection.meant, 'restore');
    else if (kind === 'delete') act(selection.meant, 'purge');
  };
  const handlers = useMemo(
    () => ({ ...pointing, onAction: canWrite ? (entry: TrashEntry, action: TrashAction) => act([entry], action) : undefined }),
    [pointing, act, canWrite],
  );

  return (
    <section className="trash" aria-label="Trash">
      <StaleBanner />
      <div className="page-head">
        <div className="trash-title">
          <h1 className="page-title">Trash</h1>
          <SpaceChoice space={space} spaces={spaces} />
          <KeptHint entries={entries} />
        </div>
        {canWrite ? (
          <TrashToolbar
            selectedCount={selectedEntries.length}
            canEmpty={!isEmpty && entries.every(isChangeable)}
            onEmpty={() => setOverlay({ kind: 'empty' })}
            onAction={(action) => act(selectedEntries, action)}
            onClear={selection.clear}
          />
        ) : (
          <ReadOnlyNote words="Read only: what is here may be looked at, and not brought back." />
        )}
      </div>
      <div className="folder">
        {isLoading && <ListSkeleton />}
        {problem !== null && <ProblemNote title="The trash could not be loaded" problem={problem} onRetry={reload} />}
        {isKnown && isEmpty && <EmptyTrashNote />}
        {isKnown && !isEmpty && <TrashList space={space} trash={trash} selection={selection} handlers={handlers} onCommand={onCommand} />}
        <TrashOverlays space={space} overlay={overlay} onClose={() => setOverlay(undefined)} onRestore={restore} onPurged={stepBeyond} />
      </div>
    </section>
  );
}

function isChangeable({ isReadOnly }: TrashEntry): boolean {
  return isReadOnly !== true;
}

/** How long what is deleted now can be restored. */
function KeptHint({ entries }: { readonly entries: readonly TrashEntry[] }) {
  const [newest] = entries;
  if (newest === undefined) return null;
  const keptMs = Date.parse(newest.purgeAt) - Date.parse(newest.deletedAt);
  return <p className="page-hint">Kept for {formatSpan(keptMs)}, then deleted for good</p>;
}
