import type { ClusterRole, IssuedInvitation } from '@netstore/shared-types';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { AskForm } from '../ask-dialog.tsx';
import { Dialog } from '../dialog.tsx';
import { UsernameField } from '../shell/username-field.tsx';
import { LinkShown } from './link-shown.tsx';
import { RoleChoice } from './role-choice.tsx';

export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { people } = useNetStore();
  const queries = useQueryClient();
  const [username, setUsername] = useState('');
  const [roles, setRoles] = useState<readonly ClusterRole[]>(['member']);
  const [issued, setIssued] = useState<IssuedInvitation>();
  const invite = async (): Promise<void> => {
    setIssued(await people.invite({ roles: [...roles], ...(username === '' ? {} : { username }) }));
    await queries.invalidateQueries({ queryKey: ['invitations'] });
  };
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      {issued !== undefined ? (
        <LinkShown path="/invitation" token={issued.token} expiresAt={issued.invitation.expiresAt} onClose={onClose} />
      ) : (
        <AskForm submitLabel="Make the link" busyLabel="Making…" canSubmit={roles.length > 0} action={invite} onClose={onClose}>
          <UsernameField value={username} onChange={setUsername} hint="Leave it empty, and your guest chooses." isOptional />
          <RoleChoice roles={roles} onChange={setRoles} />
        </AskForm>
      )}
    </Dialog>
  );
}
