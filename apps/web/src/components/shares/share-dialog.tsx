/** Sharing one file or folder by a link: what it may, its limits, then the link itself, on the only occasion to take it along. */
import type { Entry, NewShareLink, ShareKind } from '@netstore/shared-types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { ChoiceField } from '../choice-field.tsx';
import { CopyField } from '../copy-field.tsx';
import { Dialog } from '../dialog.tsx';
import { ProblemLine } from '../problem-note.tsx';
import { TextField } from '../text-field.tsx';
import { useSubmit } from '../use-submit.ts';
import { LinkList } from './link-list.tsx';

interface ShareDialogProps {
  readonly space: string;
  readonly entry: Entry;
  readonly canWrite: boolean;
  readonly onClose: () => void;
}

const DAY_SECONDS = 24 * 60 * 60;
const LIVES = [
  { value: String(DAY_SECONDS), words: 'In a day' },
  { value: String(7 * DAY_SECONDS), words: 'In 7 days' },
  { value: String(30 * DAY_SECONDS), words: 'In 30 days' },
  { value: '', words: 'Never' },
] as const;
const PASSWORD_CHARACTERS_MIN = 4;
const DOWNLOADS = /^[1-9]\d{0,5}$/;
const QUERY_KEY = ['own-links'];

export function ShareDialog({ space, entry, canWrite, onClose }: ShareDialogProps) {
  const { links } = useNetStore();
  const queries = useQueryClient();
  const [token, setToken] = useState<string>();
  const { data } = useQuery({ queryKey: QUERY_KEY, queryFn: ({ signal }) => links.own(signal) });
  const reload = (): void => void queries.invalidateQueries({ queryKey: QUERY_KEY });
  const ofThis = data?.filter((link) => link.space === space && link.path === entry.path && link.state === 'live') ?? [];
  const take = (issued: string): void => {
    setToken(issued);
    reload();
  };
  return (
    <Dialog title={`Share ${entry.name}`} onClose={onClose}>
      {token === undefined ? (
        <LinkForm space={space} entry={entry} canDrop={canWrite && entry.kind === 'folder'} onIssued={take} onClose={onClose} />
      ) : (
        <div className="form">
          <CopyField label="Link" text={`${window.location.origin}/s#token=${token}`} rows={3} />
          <p className="dialog-text">It is not shown again. Whoever has it needs no account.</p>
          <div className="dialog-actions">
            <button type="button" className="button button-primary" onClick={onClose}>
              Done
            </button>
          </div>
        </div>
      )}
      {token === undefined && ofThis.length > 0 && (
        <section className="share-links" aria-label="Your links to it">
          <h3 className="section-title">Your links to it</h3>
          <LinkList links={ofThis} end={(link) => links.endOwn(link)} onEnded={reload} />
        </section>
      )}
    </Dialog>
  );
}

interface LinkFormProps {
  readonly space: string;
  readonly entry: Entry;
  readonly canDrop: boolean;
  readonly onIssued: (token: string) => void;
  readonly onClose: () => void;
}

function LinkForm({ space, entry, canDrop, onIssued, onClose }: LinkFormProps) {
  const { links } = useNetStore();
  const [kind, setKind] = useState<ShareKind>('view');
  const [life, setLife] = useState<string>(LIVES[1].value);
  const [password, setPassword] = useState('');
  const [downloads, setDownloads] = useState('');
  const kinds = [{ value: 'view', words: 'See and download' }, ...(canDrop ? [{ value: 'drop', words: 'Add files, see nothing' }] : [])];
  const isCounted = kind === 'view' && downloads !== '';
  const isWhole = (password === '' || password.length >= PASSWORD_CHARACTERS_MIN) && (!isCounted || DOWNLOADS.test(downloads));
  const { submit, isBusy, problem } = useSubmit(async () => {
    const request: NewShareLink = {
      kind,
      path: entry.path,
      ...(life === '' ? {} : { expiresInSeconds: Number(life) }),
      ...(password === '' ? {} : { password }),
      ...(isCounted ? { downloadsMax: Number(downloads) } : {}),
    };
    onIssued((await links.make(space, request)).token);
  });
  return (
    <form className="form" onSubmit={submit}>
      <ChoiceField label="Whoever has the link may" value={kind} choices={kinds} onChange={(value) => setKind(value as ShareKind)} />
      <ChoiceField label="Expires" value={life} choices={LIVES} onChange={setLife} />
      <TextField label="Password" value={password} onChange={setPassword} maxLength={256} placeholder="None; else 4 characters or more" />
      {kind === 'view' && (
        <TextField label="Downloads at most" value={downloads} onChange={setDownloads} maxLength={6} placeholder="As many as they like" />
      )}
      {problem !== undefined && <ProblemLine problem={problem} />}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button button-primary" disabled={isBusy || !isWhole}>
          {isBusy ? 'Making…' : 'Make the link'}
        </button>
      </div>
    </form>
  );
}
