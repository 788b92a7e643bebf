import { useDeferredValue, useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';
import { SuggestField } from '../pick/suggest-field.tsx';
import type { PersonDialogProps } from './person-dialogs.tsx';
import { usePeople } from './use-people.ts';

/** Deletes a user. Whose the spaces are from then on has to be said first: no file goes with an account. */
export function DeletePersonDialog({ person, ownName, onDone, onClose }: PersonDialogProps & { readonly ownName: string }) {
  const { people } = useNetStore();
  const [name, setName] = useState(ownName === person.username ? '' : ownName);
  const { entries } = usePeople(useDeferredValue(name.trim()));
  const candidates = entries.filter(({ id, disabledAt }) => id !== person.id && disabledAt === null);
  const heir = candidates.find(({ username }) => username === name.trim());
  const remove = async (): Promise<void> => {
    if (heir === undefined) return;
    await people.remove(person.id, heir.id);
    onDone(`${person.username} is deleted. The spaces are ${heir.username}’s now.`);
  };
  return (
    <AskDialog
      title={`Delete ${person.username}?`}
      submitLabel="Delete"
      isDangerous
      canSubmit={heir !== undefined}
      action={remove}
      onClose={onClose}
    >
      <p className="dialog-text">
        The account goes for good, and nobody else gets its name. Its files stay: choose who manages the spaces of{' '}
        <strong>{person.username}</strong> from now on.
      </p>
      <SuggestField
        label="New owner"
        value={name}
        onChange={setName}
        suggestions={candidates.map(({ username }) => username)}
        hint={heir === undefined ? 'The user name of somebody else, who is not disabled.' : `The spaces go to ${heir.username}.`}
        isFirst
      />
    </AskDialog>
  );
}
