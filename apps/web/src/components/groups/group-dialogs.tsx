/** The small questions before a group is made or changed. */
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';
import { NameField } from '../pick/name-field.tsx';
import { PersonField } from '../pick/person-field.tsx';

interface GroupDialogProps {
  readonly onDone: (words: string) => void;
  readonly onClose: () => void;
}

type OneGroupProps = GroupDialogProps & { readonly group: string };

export function NewGroupDialog({ onDone, onClose }: GroupDialogProps) {
  const { groups } = useNetStore();
  const [name, setName] = useState('');
  const make = async (): Promise<void> => {
    await groups.make(name);
    onDone(`The group ${name} is made.`);
  };
  return (
    <AskDialog title="New group" submitLabel="Make group" action={make} onClose={onClose}>
      <NameField label="Name" value={name} onChange={setName} />
      <p className="dialog-text">A group is given roles in spaces as one. It has none until then.</p>
    </AskDialog>
  );
}

export function RenameGroupDialog({ group, onDone, onClose }: OneGroupProps) {
  const { groups } = useNetStore();
  const [name, setName] = useState(group);
  const rename = async (): Promise<void> => {
    await groups.rename(group, name);
    onDone(`The group is called ${name} now.`);
  };
  return (
    <AskDialog title={`Rename ${group}`} submitLabel="Rename" canSubmit={name !== group} action={rename} onClose={onClose}>
      <NameField label="New name" value={name} onChange={setName} />
      <p className="dialog-text">Its members and its roles stay.</p>
    </AskDialog>
  );
}

export function DeleteGroupDialog({ group, onDone, onClose }: OneGroupProps) {
  const { groups } = useNetStore();
  const remove = async (): Promise<void> => {
    await groups.remove(group);
    onDone(`The group ${group} is deleted.`);
  };
  return (
    <AskDialog title={`Delete ${group}?`} submitLabel="Delete" isDangerous action={remove} onClose={onClose}>
      <p className="dialog-text">
        Its rules in all spaces go with it, those that keep its people out of a folder as well. This cannot be undone. Accounts and files
        stay.
      </p>
    </AskDialog>
  );
}

export function AddMemberDialog({ group, onDone, onClose }: OneGroupProps) {
  const { groups } = useNetStore();
  const [name, setName] = useState('');
  const add = async (): Promise<void> => {
    await groups.addMember(group, name.trim());
    onDone(`${name.trim()} is in ${group} now.`);
  };
  return (
    <AskDialog title={`Add to ${group}`} submitLabel="Add" canSubmit={name.trim() !== ''} action={add} onClose={onClose}>
      <PersonField label="User name" value={name} onChange={setName} isFirst />
    </AskDialog>
  );
}
