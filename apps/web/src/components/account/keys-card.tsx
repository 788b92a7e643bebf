import type { ApiKey, SpaceSummary } from '@netstore/shared-types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatTime } from '../../format/time.ts';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../people/person-dialogs.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useNow } from '../use-now.ts';
import { lastUseWords, lifeWords, scopeWords } from './key-words.ts';
import { NewKeyDialog } from './new-key-dialog.tsx';

const QUERY_KEY = ['own-keys'];

export function KeysCard({ spaces }: { readonly spaces: readonly SpaceSummary[] }) {
  const { keys } = useNetStore();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: QUERY_KEY, queryFn: ({ signal }) => keys.list(signal) });
  const [isMaking, setIsMaking] = useState(false);
  const [ending, setEnding] = useState<ApiKey>();
  const reload = (): void => void queries.invalidateQueries({ queryKey: QUERY_KEY });
  return (
    <section className="card" aria-labelledby="keys-title">
      <h2 id="keys-title" className="section-title">
        API keys
      </h2>
      <p className="dialog-text">For programs: each with no more of your rights than it needs. What one does, it does in your name.</p>
      {data === undefined && error === null && <p role="status">Loading…</p>}
      {data === undefined && error !== null && (
        <ProblemNote title="Keys could not be loaded" problem={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && data.length > 0 && (
        <ul className="people">
          {data.map((key) => (
            <KeyRow key={key.id} apiKey={key} onEnd={() => setEnding(key)} />
          ))}
        </ul>
      )}
      {data !== undefined && (
        <button type="button" className="button" onClick={() => setIsMaking(true)}>
          New key
        </button>
      )}
      {isMaking && <NewKeyDialog spaces={spaces} onMade={reload} onClose={() => setIsMaking(false)} />}
      {ending !== undefined && <EndKeyDialog apiKey={ending} onEnded={reload} onClose={() => setEnding(undefined)} />}
    </section>
  );
}

function KeyRow({ apiKey, onEnd }: { readonly apiKey: ApiKey; readonly onEnd: () => void }) {
  const nowMs = useNow();
  const { name, createdAt, expiresAt, isExpired } = apiKey;
  return (
    <li className={isExpired ? 'person is-disabled' : 'person'}>
      <div className="person-text">
        <p className="person-name" title={`Made ${formatTime(createdAt)}`}>
          <bdi>{name}</bdi>
        </p>
        <p className="person-extra">
          May <bdi>{scopeWords(apiKey)}</bdi>
        </p>
        <p className="person-extra" title={expiresAt === null ? undefined : formatTime(expiresAt)}>
          {lastUseWords(apiKey, nowMs)}, {lifeWords(apiKey, nowMs)}
        </p>
      </div>
      <button type="button" className="button button-small" aria-label={`End the key ${name}`} onClick={onEnd}>
        {isExpired ? 'Remove' : 'End'}
      </button>
    </li>
  );
}

interface EndKeyDialogProps {
  readonly apiKey: ApiKey;
  readonly onEnded: () => void;
  readonly onClose: () => void;
}

function EndKeyDialog({ apiKey: { id, name }, onEnded, onClose }: EndKeyDialogProps) {
  const { keys, notices } = useNetStore();
  const end = async (): Promise<void> => {
    await keys.end(id);
    notices.done(`The key ${name} has ended.`);
    onEnded();
    onClose();
  };
  return (
    <AskDialog title={`End the key ${name}?`} submitLabel="End" isDangerous action={end} onClose={onClose}>
      <p className="dialog-text">Programs that use it are refused within seconds. It cannot be brought back.</p>
    </AskDialog>
  );
}
