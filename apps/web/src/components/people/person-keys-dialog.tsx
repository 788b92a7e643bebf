/** The API keys of somebody else, for an admin who wants one ended. What they open stays unseen. */
import type { ApiKey, User } from '@netstore/shared-types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { EndKeyDialog } from '../account/end-key-dialog.tsx';
import { KeyRow } from '../account/key-row.tsx';
import { Dialog } from '../dialog.tsx';
import { ProblemNote } from '../problem-note.tsx';

interface PersonKeysDialogProps {
  readonly person: User;
  readonly onClose: () => void;
}

export function PersonKeysDialog({ person, onClose }: PersonKeysDialogProps) {
  const { keys } = useNetStore();
  const queries = useQueryClient();
  const queryKey = ['keys-of', person.id];
  const { data, error, refetch } = useQuery({ queryKey, queryFn: ({ signal }) => keys.listOf(person.id, signal) });
  const [ending, setEnding] = useState<ApiKey>();
  if (ending !== undefined) {
    const reload = (): void => void queries.invalidateQueries({ queryKey });
    return <EndKeyDialog apiKey={ending} end={(id) => keys.endOfSomebody(id)} onEnded={reload} onClose={() => setEnding(undefined)} />;
  }
  return (
    <Dialog title={`API keys of ${person.username}`} onClose={onClose}>
      {data === undefined && error === null && <p role="status">Loading…</p>}
      {data === undefined && error !== null && (
        <ProblemNote title="Keys could not be loaded" problem={error} onRetry={() => void refetch()} />
      )}
      {data?.length === 0 && <p className="dialog-text">There are none.</p>}
      {data !== undefined && data.length > 0 && (
        <ul className="people">
          {data.map((key) => (
            <KeyRow key={key.id} apiKey={key} onEnd={() => setEnding(key)} />
          ))}
        </ul>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
