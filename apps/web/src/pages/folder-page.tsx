/** One folder of a space: its list, its toolbar, and whatever is opened above or beside them. */
import type { ClusterRole, SpaceSummary } from '@netstore/shared-types';
import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import { changesMembers, seesMembers } from '../api/space-rights.ts';
import { Breadcrumbs } from '../components/breadcrumbs.tsx';
import { EmptyFolder } from '../components/list/empty-folder.tsx';
import { FileList, pathOf } from '../components/list/file-list.tsx';
import { ListSkeleton } from '../components/list/list-skeleton.tsx';
import { ListToolbar } from '../components/list/list-toolbar.tsx';
import { useEntryOperations } from '../components/list/use-entry-operations.ts';
import { useListSelection } from '../components/list/use-list-selection.ts';
import { useListing } from '../components/list/use-listing.ts';
import { useOpenedEntry } from '../components/list/use-opened-entry.ts';
import { useSorting } from '../components/list/use-sorting.ts';
import { ProblemNote } from '../components/problem-note.tsx';
import { useRights } from '../components/spaces/use-rights.ts';
import { StaleBanner } from '../components/stale-banner.tsx';
import { useTitle } from '../components/use-title.ts';
import { folderAddress, membersAddress, nameOf } from '../names/path.ts';
import { useNetStore } from '../net-store.ts';
import { walkDrop } from '../uploads/drop-tree.ts';
import { DropZone } from '../uploads/drop-zone.tsx';
import { FolderOverlays, type Overlay } from './folder-overlays.tsx';
import { useFolderActions } from './use-folder-actions.ts';

interface FolderPageProps {
  readonly space: SpaceSummary;
  readonly folder: string;
  /** What whoever looks is in the cluster. */
  readonly roles: readonly ClusterRole[];
}

const NOT_KNOWN = 'What you may do here is not known yet.';

export function FolderPage({ space: summary, folder, roles }: FolderPageProps) {
  const space = summary.name;
  const { uploads } = useNetStore();
  const navigate = useNavigate();
  const { search, state } = useLocation();
  const place = { space, folder };
  const { canWrite, reason } = useRights(summary, folder);
  const asker = { role: summary.role, roles };
  const oversight = { sees: seesMembers(asker), changes: changesMembers(asker) };
  const title = folder === '' ? space : nameOf(folder);
  useTitle(title);
  const [sorting, setSorting] = useSorting();
  const listing = useListing({ ...place, ...sorting });
  const opened = useOpenedEntry({ ...place, name: new URLSearchParams(search).get('open') }, listing);
  const selection = useListSelection(listing.entries, { keyOf: pathOf, from: (state as { readonly from?: string } | null)?.from });
  const [overlay, setOverlay] = useState<Overlay>();
  const operations = useEntryOperations(space);
  const { act, onCommand, rowHandlers } = useFolderActions({ place, canWrite, selection, operations, onOverlay: setOverlay });
  const { entries, hasMore, isLoading, problem, reload } = listing;
  const isEmpty = entries.length === 0 && !hasMore;
  const isKnown = !isLoading && problem === null;

  return (
    <DropZone
      folderName={title}
      refusal={canWrite ? undefined : (reason ?? NOT_KNOWN)}
      onDrop={(roots) => void uploads.addDrop(place, walkDrop(roots))}
    >
      <StaleBanner />
      <div className="page-head">
        <Breadcrumbs space={space} folder={folder} />
        <ListToolbar
          selected={selection.selectedEntries}
          canWrite={canWrite}
          reason={reason}
          onFiles={(files) => uploads.addFiles(place, files)}
          onMakeFolder={() => setOverlay({ kind: 'make-folder' })}
          onAction={(action) => act(selection.selectedEntries, action)}
          onClear={selection.clear}
          membersAddress={oversight.sees ? membersAddress(space) : undefined}
        />
      </div>
      <div className="folder">
        {isLoading && <ListSkeleton />}
        {problem !== null && <FolderProblem problem={problem} rootAddress={folderAddress(space, '')} onRetry={reload} />}
        {isKnown && isEmpty && <EmptyFolder canWrite={canWrite} />}
        {isKnown && !isEmpty && (
          <FileList
            label={title}
            listing={listing}
            sorting={sorting}
            onSort={setSorting}
            selection={selection}
            rowHandlers={rowHandlers}
            onCommand={onCommand}
          />
        )}
        <FolderOverlays
          place={place}
          oversight={oversight}
          overlay={overlay}
          onOverlay={setOverlay}
          opened={opened}
          onCloseOpened={() => void navigate(folderAddress(space, folder), { replace: true })}
          operations={operations}
          onDeleted={selection.stepBeyond}
        />
      </div>
    </DropZone>
  );
}

interface FolderProblemProps {
  readonly problem: unknown;
  readonly rootAddress: string;
  readonly onRetry: () => void;
}

/** A folder that is gone is no failure, and trying again would not bring it back. */
function FolderProblem({ problem, rootAddress, onRetry }: FolderProblemProps) {
  if (!(problem instanceof ApiProblem) || problem.status !== 404) {
    return <ProblemNote title="The folder could not be loaded" problem={problem} onRetry={onRetry} />;
  }
  return (
    <div className="note">
      <h2 className="note-title">This folder is not there</h2>
      <p className="note-text">It was moved, renamed or deleted, or never was.</p>
      <Link className="button" to={rootAddress}>
        To the top of the space
      </Link>
    </div>
  );
}
