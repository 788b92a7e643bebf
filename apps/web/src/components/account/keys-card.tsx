import type { ApiKey, SpaceSummary } from '@netstore/shared-types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { ProblemNote } from '../problem-note.tsx';
import { EndKeyDialog } from './end-key-dialog.tsx';
import { KeyRow } from './key-row.tsx';
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
      {ending !== undefined && (
        <EndKeyDialog apiKey={ending} end={(id) => keys.end(id)} onEnded={reload} onClose={() => setEnding(undefined)} />
      )}
    </section>
  );
}
