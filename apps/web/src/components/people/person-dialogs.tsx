/** The small questions before something is done about a user. */
import type { ClusterRole, OneTimeLink, User } from '@netstore/shared-types';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';
import { Dialog } from '../dialog.tsx';
import { LinkShown } from './link-shown.tsx';
import { RoleChoice } from './role-choice.tsx';

export interface PersonDialogProps {
  readonly person: User;
  readonly onDone: (words: string) => void;
  readonly onClose: () => void;
}

export function RolesDialog({ person, onDone, onClose }: PersonDialogProps) {
  const { people } = useNetStore();
  const [roles, setRoles] = useState<readonly ClusterRole[]>(person.roles);
  const save = async (): Promise<void> => {
    await people.change(person.id, { roles: [...roles] });
    onDone(`The roles of ${person.username} are changed.`);
  };
  return (
    <AskDialog title={`Roles of ${person.username}`} submitLabel="Save" canSubmit={roles.length > 0} action={save} onClose={onClose}>
      <RoleChoice roles={roles} onChange={setRoles} />
    </AskDialog>
  );
}

export function DisableDialog({ person, onDone, onClose }: PersonDialogProps) {
  const { people } = useNetStore();
  const disable = async (): Promise<void> => {
    await people.change(person.id, { isDisabled: true });
    onDone(`${person.username} is disabled.`);
  };
  return (
    <AskDialog title={`Disable ${person.username}?`} submitLabel="Disable" isDangerous action={disable} onClose={onClose}>
      <p className="dialog-text">All sessions end within seconds. Files and roles stay, and you can enable the account again.</p>
    </AskDialog>
  );
}

export function SecondFactorDialog({ person, onDone, onClose }: PersonDialogProps) {
  const { people } = useNetStore();
  const takeAway = async (): Promise<void> => {
    await people.takeSecondFactorAway(person.id);
    onDone(`${person.username} signs in with the password alone now.`);
  };
  return (
    <AskDialog title="Take the second factor away?" submitLabel="Take away" isDangerous action={takeAway} onClose={onClose}>
      <p className="dialog-text">
        <strong>{person.username}</strong> will sign in with the password alone. Make sure that it is really them who asked for it.
      </p>
    </AskDialog>
  );
}

export function PasswordLinkDialog({ person, onClose }: PersonDialogProps) {
  const { people } = useNetStore();
  const [link, setLink] = useState<OneTimeLink>();
  if (link !== undefined) {
    return (
      <Dialog title={`New password for ${person.username}`} onClose={onClose}>
        <LinkShown path="/new-password" {...link} onClose={onClose} />
      </Dialog>
    );
  }
  const make = async (): Promise<void> => setLink(await people.offerPassword(person.id));
  return (
    <AskDialog title={`New password for ${person.username}`} submitLabel="Make the link" action={make} onClose={onClose}>
      <p className="dialog-text">
        Whoever opens the link sets a new password, and all sessions of the account end. A link that you made before stops working.
      </p>
    </AskDialog>
  );
}
