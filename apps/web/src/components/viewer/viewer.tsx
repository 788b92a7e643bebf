/** Shows one file over the list: image, text, PDF, audio, video. What cannot be shown can be downloaded. */
import type { Entry } from '@netstore/shared-types';
import { formatSize } from '../../format/size.ts';
import { Dialog } from '../dialog.tsx';
import { viewerKind } from '../entry-kind.ts';
import { Icon } from '../icon.tsx';
import { TextView } from './text-view.tsx';
import { TicketView } from './ticket-view.tsx';

interface ViewerProps {
  readonly space: string;
  readonly entry: Entry;
  readonly onClose: () => void;
  readonly onDownload: () => void;
}

export function Viewer({ space, entry, onClose, onDownload }: ViewerProps) {
  const kind = viewerKind(entry);
  return (
    <Dialog title={<bdi>{entry.name}</bdi>} className="dialog-viewer" onClose={onClose}>
      <div className={`viewer is-${kind ?? 'nothing'}`}>
        {kind === undefined && <Unshown entry={entry} />}
        {kind === 'text' && <TextView space={space} entry={entry} />}
        {kind !== undefined && kind !== 'text' && <TicketView key={entry.version} space={space} entry={entry} kind={kind} />}
      </div>
      <footer className="viewer-foot">
        <span>{formatSize(entry.sizeBytes)}</span>
        <button type="button" className="button" onClick={onDownload}>
          <Icon name="download" size={18} />
          Download
        </button>
      </footer>
    </Dialog>
  );
}

function Unshown({ entry }: { readonly entry: Entry }) {
  return (
    <div className="note">
      <span className="note-icon">
        <Icon name="file" size={24} />
      </span>
      <h2 className="note-title">This kind of file cannot be shown here</h2>
      <p className="note-text">{entry.contentType ?? 'Its type is not known.'}</p>
    </div>
  );
}
