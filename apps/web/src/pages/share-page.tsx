/** What a link opens, for whoever holds it: a file, a folder, or a drop box. Nobody has to sign in. */
import type { OpenedShare } from '@netstore/shared-types';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { toApiProblem } from '../api/api-problem.ts';
import { downloadShared, openShare } from '../api/share-client.ts';
import { Icon } from '../components/icon.tsx';
import { ProblemLine, ProblemNote } from '../components/problem-note.tsx';
import { DropBox } from '../components/shares/drop-box.tsx';
import { SharedFolder } from '../components/shares/shared-folder.tsx';
import { Door } from '../components/shell/door.tsx';
import { PasswordField } from '../components/shell/password-field.tsx';
import { useLinkToken } from '../components/shell/use-link-token.ts';
import { useSubmit } from '../components/use-submit.ts';
import { useTitle } from '../components/use-title.ts';
import { formatSize } from '../format/size.ts';
import { formatTime } from '../format/time.ts';

const TITLES: Readonly<Record<string, string>> = {
  NS_LINK_UNKNOWN: 'There is no such link',
  NS_LINK_ENDED: 'This link has ended',
  NS_LINK_EXPIRED: 'This link has expired',
  NS_LINK_USED_UP: 'This link is used up',
  NS_LINK_TARGET_GONE: 'It is not there any more',
};

export function SharePage() {
  useTitle('Shared with you');
  const token = useLinkToken();
  const [unlocked, setUnlocked] = useState<OpenedShare>();
  const { data, error, refetch } = useQuery({
    queryKey: ['share', token],
    queryFn: ({ signal }) => openShare({ token }, signal),
    enabled: token !== '',
    retry: false,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const share = unlocked ?? data;
  if (token === '') return <Door title="Link needed">This page works only with a whole link that somebody gave you.</Door>;
  if (share !== undefined) return <Opened share={share} />;
  if (error === null) return <Door title="Opening the link…">{null}</Door>;
  const problem = toApiProblem(error);
  if (problem.code === 'NS_LINK_PASSWORD') return <Locked token={token} onOpened={setUnlocked} />;
  const title = TITLES[problem.code];
  if (title !== undefined) return <Door title={title}>{problem.message}</Door>;
  return (
    <Door title="The link could not be opened">
      <ProblemNote title="No answer" problem={problem} onRetry={() => void refetch()} />
    </Door>
  );
}

function Locked({ token, onOpened }: { readonly token: string; readonly onOpened: (share: OpenedShare) => void }) {
  const [password, setPassword] = useState('');
  const { submit, isBusy, problem } = useSubmit(async () => onOpened(await openShare({ token, password })));
  return (
    <Door title="This link has a password" text="Whoever gave you the link knows it.">
      <form className="form" onSubmit={submit}>
        <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
        {problem !== undefined && <ProblemLine problem={problem} />}
        <button type="submit" className="button button-primary button-wide" disabled={isBusy || password === ''}>
          {isBusy ? 'Opening…' : 'Open'}
        </button>
      </form>
    </Door>
  );
}

function Opened({ share }: { readonly share: OpenedShare }) {
  const { session, kind, name, sharedBy, entry, expiresAt } = share;
  const [problem, setProblem] = useState<unknown>();
  const download = async (path: string): Promise<void> => {
    setProblem(undefined);
    await downloadShared(session, path).catch(setProblem);
  };
  const until = expiresAt === null ? '' : `, until ${formatTime(expiresAt)}`;
  const words =
    kind === 'drop' ? `${sharedBy} asks you for files${until}. You do not see what is there already.` : `Shared by ${sharedBy}${until}`;
  return (
    <Door title={name} text={words}>
      {kind === 'drop' && <DropBox session={session} />}
      {kind === 'view' && entry?.kind !== 'file' && <SharedFolder session={session} onDownload={(path) => void download(path)} />}
      {kind === 'view' && entry?.kind === 'file' && (
        <button type="button" className="button button-primary button-wide" onClick={() => void download('')}>
          <Icon name="download" size={18} />
          Download, {formatSize(entry.sizeBytes)}
        </button>
      )}
      {share.downloadsLeft !== null && <p className="door-foot">Downloads left when you opened it: {share.downloadsLeft}</p>}
      {problem !== undefined && <ProblemLine problem={problem} />}
    </Door>
  );
}
