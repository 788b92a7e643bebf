/** The small questions before a space is made or changed. */
import type { SpaceDetail } from '@netstore/shared-types';
import { useState } from 'react';
import { readSize, writeSize } from '../../format/read-size.ts';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';
import { NameField } from '../pick/name-field.tsx';
import { PersonField } from '../pick/person-field.tsx';
import { SizeField } from '../pick/size-field.tsx';
import { Usage } from '../usage.tsx';
import { DeleteSpaceDialog, EndSpaceDialog, KeepSpaceDialog } from './end-space-dialogs.tsx';
import type { SpaceAction } from './space-actions.ts';

const QUOTA_HINT = 'Counts all versions and the trash. Leave it empty for no limit.';

interface DialogProps {
  /** What was done, and the space as it is now. */
  readonly onDone: (words: string, space: SpaceDetail) => void;
  readonly onClose: () => void;
}

export function NewSpaceDialog({ ownName, onDone, onClose }: DialogProps & { readonly ownName: string }) {
  const { spaces } = useNetStore();
  const [name, setName] = useState('');
  const [owner, setOwner] = useState(ownName);
  const [quota, setQuota] = useState('');
  const bytesMax = readSize(quota);
  const make = async (): Promise<void> => {
    const space = await spaces.make({ name, owner: owner.trim(), bytesMax: bytesMax ?? null });
    onDone(`The space ${name} is made.`, space);
  };
  return (
    <AskDialog title="New shared space" submitLabel="Make space" canSubmit={bytesMax !== undefined} action={make} onClose={onClose}>
      <NameField label="Name" value={name} onChange={setName} />
      <PersonField label="Owner" value={owner} onChange={setOwner} />
      <SizeField label="Quota" value={quota} onChange={setQuota} hint={QUOTA_HINT} />
    </AskDialog>
  );
}

interface SpaceDialogProps extends DialogProps {
  readonly space: SpaceDetail;
  /** The space is not there any more. */
  readonly onGone: (words: string) => void;
  readonly action: SpaceAction;
}

export function SpaceDialog({ action, ...rest }: SpaceDialogProps) {
  switch (action) {
    case 'rename':
      return <RenameDialog {...rest} />;
    case 'owner':
      return <OwnerDialog {...rest} />;
    case 'quota':
      return <QuotaDialog {...rest} />;
    case 'end':
      return <EndSpaceDialog {...rest} />;
    case 'keep':
      return <KeepSpaceDialog {...rest} />;
    case 'finish':
      return <DeleteSpaceDialog {...rest} />;
  }
}

type OneSpaceProps = Omit<SpaceDialogProps, 'action' | 'onGone'>;

function RenameDialog({ space, onDone, onClose }: OneSpaceProps) {
  const { spaces } = useNetStore();
  const [name, setName] = useState(space.name);
  const rename = async (): Promise<void> => onDone(`The space is called ${name} now.`, await spaces.change(space.name, { name }));
  return (
    <AskDialog title={`Rename ${space.name}`} submitLabel="Rename" canSubmit={name !== space.name} action={rename} onClose={onClose}>
      <NameField label="New name" value={name} onChange={setName} />
      <p className="dialog-text">Addresses with the old name, bookmarks among them, stop working.</p>
    </AskDialog>
  );
}

function OwnerDialog({ space, onDone, onClose }: OneSpaceProps) {
  const { spaces } = useNetStore();
  const [owner, setOwner] = useState('');
  const give = async (): Promise<void> => {
    const after = await spaces.change(space.name, { owner: owner.trim() });
    onDone(`${space.name} is owned by ${after.owner} now.`, after);
  };
  return (
    <AskDialog
      title={`New owner of ${space.name}`}
      submitLabel="Change owner"
      canSubmit={owner.trim() !== ''}
      action={give}
      onClose={onClose}
    >
      <PersonField label="Owner" value={owner} onChange={setOwner} without={[space.owner]} isFirst />
      <p className="dialog-text">
        The owner may do everything in the space. <strong>{space.owner}</strong> keeps only what rules give.
      </p>
    </AskDialog>
  );
}

function QuotaDialog({ space, onDone, onClose }: OneSpaceProps) {
  const { spaces } = useNetStore();
  const [quota, setQuota] = useState(writeSize(space.bytesMax));
  const bytesMax = readSize(quota);
  const save = async (): Promise<void> => {
    if (bytesMax === undefined) return;
    onDone(`The quota of ${space.name} is changed.`, await spaces.change(space.name, { bytesMax }));
  };
  return (
    <AskDialog title={`Quota of ${space.name}`} submitLabel="Save" canSubmit={bytesMax !== undefined} action={save} onClose={onClose}>
      <Usage {...space} />
      <SizeField label="Quota" value={quota} onChange={setQuota} hint={QUOTA_HINT} />
    </AskDialog>
  );
}
