import type { ClusterRole, IssuedInvitation } from '@netstore/shared-types';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { Dialog } from '../dialog.tsx';
import { ProblemLine } from '../problem-note.tsx';
import { UsernameField } from '../shell/username-field.tsx';
import { useSubmit } from '../use-submit.ts';
import { LinkShown } from './link-shown.tsx';
import { RoleChoice } from './role-choice.tsx';

export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { people } = useNetStore();
  const queries = useQueryClient();
  const [username, setUsername] = useState('');
  const [roles, setRoles] = useState<readonly ClusterRole[]>(['member']);
  const [issued, setIssued] = useState<IssuedInvitation>();
  const { submit, isBusy, problem } = useSubmit(async () => {
    setIssued(await people.invite({ roles: [...roles], ...(username === '' ? {} : { username }) }));
    await queries.invalidateQueries({ queryKey: ['invitations'] });
  });
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      {issued !== undefined ? (
        <LinkShown path="/invitation" token={issued.token} expiresAt={issued.invitation.expiresAt} onClose={onClose} />
      ) : (
        <form className="form" onSubmit={submit}>
          <UsernameField value={username} onChange={setUsername} hint="Leave it empty, and your guest chooses." isOptional />
          <RoleChoice roles={roles} onChange={setRoles} />
          {problem !== undefined && <ProblemLine problem={problem} />}
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="button button-primary" disabled={isBusy || roles.length === 0}>
              {isBusy ? 'Making…' : 'Make the link'}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
