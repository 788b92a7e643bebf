/**
 * Shows content that the browser fetches by itself, by a ticket in place of the access token. The gateway looks at the bytes
 * before it lets them be shown, and serves them with a policy under which nothing in them can run. The frame of a PDF has no
 * `sandbox` of its own: no browser shows a PDF in one.
 */
import type { Entry } from '@netstore/shared-types';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import type { ViewerKind } from '../entry-kind.ts';
import { Icon } from '../icon.tsx';
import { ProblemNote } from '../problem-note.tsx';

interface TicketViewProps {
  readonly space: string;
  readonly entry: Entry;
  readonly kind: Exclude<ViewerKind, 'text'>;
}

export function TicketView({ space, entry, kind }: TicketViewProps) {
  const { files } = useNetStore();
  const [hasFailed, setHasFailed] = useState(false);
  const query = useQuery({
    queryKey: ['ticket', space, entry.path, entry.version],
    queryFn: ({ signal }) =>
      files.ticket(
        space,
        { path: entry.path, disposition: 'inline', ...(entry.version === null ? {} : { version: entry.version }) },
        signal,
      ),
    // A new one for every viewing: a film may run for hours.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const retry = (): void => {
    setHasFailed(false);
    void query.refetch();
  };
  if (query.isPending) return <p className="viewer-wait">Loading…</p>;
  if (query.isError) return <ProblemNote title="The file could not be opened" problem={query.error} onRetry={retry} />;
  if (hasFailed) return <Unplayable onRetry={retry} />;
  return <Content kind={kind} url={query.data.url} name={entry.name} onError={() => setHasFailed(true)} />;
}

interface ContentProps {
  readonly kind: TicketViewProps['kind'];
  readonly url: string;
  readonly name: string;
  readonly onError: () => void;
}

function Content({ kind, url, name, onError }: ContentProps) {
  switch (kind) {
    case 'image':
      return <img className="image-view" src={url} alt={name} onError={onError} />;
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: the files are the user's own and bring no captions.
      return <audio className="audio-view" src={url} controls preload="metadata" onError={onError} />;
    case 'video':
      // biome-ignore lint/a11y/useMediaCaption: the files are the user's own and bring no captions.
      return <video className="video-view" src={url} controls preload="metadata" playsInline onError={onError} />;
    case 'pdf':
      return <iframe className="pdf-view" src={url} title={name} />;
  }
}

function Unplayable({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <div className="note" role="alert">
      <span className="note-icon is-bad">
        <Icon name="alert" size={24} />
      </span>
      <h2 className="note-title">The browser cannot show this file</h2>
      <p className="note-text">It may be of a kind that the browser does not know, or the connection broke.</p>
      <button type="button" className="button" onClick={onRetry}>
        <Icon name="retry" size={18} />
        Try again
      </button>
    </div>
  );
}
