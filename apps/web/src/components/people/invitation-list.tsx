import { useQueryClient } from '@tanstack/react-query';
import { formatTime, formatUntil } from '../../format/time.ts';
import { useNetStore } from '../../net-store.ts';
import { ProblemNote } from '../problem-note.tsx';
import { useNow } from '../use-now.ts';
import { ROLE_WORDS } from './role-words.ts';
import { useInvitations } from './use-people.ts';

/** Nothing to see while nobody is invited. */
export function InvitationList({ canRevoke }: { readonly canRevoke: boolean }) {
  const { people, notices } = useNetStore();
  const queries = useQueryClient();
  const nowMs = useNow();
  const { data = [], error, refetch } = useInvitations();
  const revoke = async (id: string): Promise<void> => {
    try {
      await people.revoke(id);
      notices.done('The invitation is revoked.');
    } catch (thrown) {
      notices.problem('The invitation was not revoked.', thrown);
    }
    await queries.invalidateQueries({ queryKey: ['invitations'] });
  };
  if (error !== null && data.length === 0) {
    return <ProblemNote title="Invitations could not be loaded" problem={error} onRetry={() => void refetch()} />;
  }
  if (data.length === 0) return null;
  return (
    <section aria-labelledby="invitations-title">
      <h2 id="invitations-title" className="section-title">
        Open invitations
      </h2>
      <ul className="people">
        {data.map(({ id, username, roles, invitedBy, expiresAt }) => (
          <li key={id} className="person">
            <div className="person-text">
              <p className="person-name">
                <bdi>{username ?? 'Anybody with the link'}</bdi>
              </p>
              <p className="person-extra">
                By {invitedBy}, ends{' '}
                <time dateTime={expiresAt} title={formatTime(expiresAt)}>
                  {formatUntil(expiresAt, nowMs)}
                </time>
              </p>
            </div>
            <p className="person-badges">
              {roles.map((role) => (
                <span key={role} className="badge">
                  {ROLE_WORDS[role].name}
                </span>
              ))}
            </p>
            {canRevoke && (
              <button type="button" className="button button-small" onClick={() => void revoke(id)}>
                Revoke
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
