import type { OwnSession } from '@netstore/shared-types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { formatAge, formatTime } from '../../format/time.ts';
import { useNetStore } from '../../net-store.ts';
import { ProblemNote } from '../problem-note.tsx';
import { useNow } from '../use-now.ts';
import { agentWords } from './agent-words.ts';

export function SessionsCard() {
  const { people, notices } = useNetStore();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: ['own-sessions'], queryFn: ({ signal }) => people.sessions(signal) });
  const end = async (id: string): Promise<void> => {
    try {
      await people.endSession(id);
      notices.done('The session has ended.');
    } catch (thrown) {
      notices.problem('The session was not ended.', thrown);
    }
    await queries.invalidateQueries({ queryKey: ['own-sessions'] });
  };
  return (
    <section className="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title" className="section-title">
        Sessions
      </h2>
      <p className="dialog-text">Where you are signed in. End what you do not recognise, and change the password then.</p>
      {data === undefined && error === null && <p role="status">Loading…</p>}
      {data === undefined && error !== null && (
        <ProblemNote title="Sessions could not be loaded" problem={error} onRetry={() => void refetch()} />
      )}
      <ul className="people">
        {data?.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => void end(session.id)} />
        ))}
      </ul>
    </section>
  );
}

function SessionRow({ session, onEnd }: { readonly session: OwnSession; readonly onEnd: () => void }) {
  const nowMs = useNow();
  const { clientAddress, clientAgent, lastUsedAt, createdAt, isCurrent } = session;
  const words = agentWords(clientAgent);
  return (
    <li className="person">
      <div className="person-text">
        <p className="person-name" title={clientAgent ?? undefined}>
          {words}
        </p>
        <p className="person-extra">
          {clientAddress}, used{' '}
          <time dateTime={lastUsedAt} title={`Since ${formatTime(createdAt)}`}>
            {formatAge(lastUsedAt, nowMs)}
          </time>
        </p>
      </div>
      {isCurrent ? (
        <span className="badge is-primary">This one</span>
      ) : (
        <button
          type="button"
          className="button button-small"
          aria-label={`End the session of ${words} at ${clientAddress}`}
          onClick={onEnd}
        >
          End
        </button>
      )}
    </li>
  );
}
