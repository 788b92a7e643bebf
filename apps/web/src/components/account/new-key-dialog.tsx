/** Making an API key, in two steps: what it may do and the password, then its text, on the only occasion to take it along. */
import type { IssuedApiKey, KeyVerb, SpaceSummary } from '@netstore/shared-types';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { AskForm } from '../ask-dialog.tsx';
import { ChoiceField } from '../choice-field.tsx';
import { CopyField } from '../copy-field.tsx';
import { Dialog } from '../dialog.tsx';
import { PasswordField } from '../shell/password-field.tsx';
import { TextField } from '../text-field.tsx';
import { VerbChoice } from './verb-choice.tsx';

interface NewKeyDialogProps {
  readonly spaces: readonly SpaceSummary[];
  readonly onMade: () => void;
  readonly onClose: () => void;
}

const DAY_SECONDS = 24 * 60 * 60;
const LIVES = [
  { value: String(30 * DAY_SECONDS), words: 'In 30 days' },
  { value: String(90 * DAY_SECONDS), words: 'In 90 days' },
  { value: String(365 * DAY_SECONDS), words: 'In a year' },
  { value: '', words: 'Never' },
] as const;
const NAME_CHARACTERS_MAX = 64;

export function NewKeyDialog({ spaces, onMade, onClose }: NewKeyDialogProps) {
  const [issued, setIssued] = useState<IssuedApiKey>();
  const take = (key: IssuedApiKey): void => {
    setIssued(key);
    onMade();
  };
  return (
    <Dialog title={issued === undefined ? 'New API key' : `The key ${issued.key.name}`} onClose={onClose}>
      {issued === undefined ? (
        <KeyForm spaces={spaces} onIssued={take} onClose={onClose} />
      ) : (
        <div className="form">
          <CopyField label="Key" text={issued.text} rows={3} />
          <p className="dialog-text">
            It is not shown again. Programs send it in the header <code>Authorization: Bearer …</code>; whoever has it can do with it what
            you let it do.
          </p>
          <div className="dialog-actions">
            <button type="button" className="button button-primary" onClick={onClose}>
              I have kept it
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

interface KeyFormProps {
  readonly spaces: readonly SpaceSummary[];
  readonly onIssued: (key: IssuedApiKey) => void;
  readonly onClose: () => void;
}

function KeyForm({ spaces, onIssued, onClose }: KeyFormProps) {
  const { keys } = useNetStore();
  const [name, setName] = useState('');
  const [space, setSpace] = useState(spaces[0]?.name ?? '');
  const [folder, setFolder] = useState('');
  const [verbs, setVerbs] = useState<readonly KeyVerb[]>(['read']);
  const [life, setLife] = useState<string>(LIVES[1].value);
  const [password, setPassword] = useState('');
  const make = async (): Promise<void> => {
    const scope = space === '' ? {} : { space, folder: folder.split('/').filter(Boolean).join('/') };
    const end = life === '' ? {} : { expiresInSeconds: Number(life) };
    onIssued(await keys.make({ name: name.trim(), ...scope, verbs: [...verbs], ...end, password }));
  };
  const choices = [...spaces.map((each) => ({ value: each.name, words: each.name })), { value: '', words: 'All my spaces' }];
  return (
    <AskForm
      submitLabel="Make the key"
      busyLabel="Making…"
      canSubmit={name.trim() !== '' && verbs.length > 0 && password !== ''}
      action={make}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onChange={setName} maxLength={NAME_CHARACTERS_MAX} placeholder="Nightly backup" isFirst />
      <ChoiceField label="Space" value={space} choices={choices} onChange={setSpace} />
      {space !== '' && (
        <TextField
          label="Folder"
          value={folder}
          onChange={setFolder}
          hint="Names with slashes between. Leave it empty for the whole space."
        />
      )}
      <VerbChoice verbs={verbs} onChange={setVerbs} />
      <ChoiceField label="Ends by itself" value={life} choices={LIVES} onChange={setLife} />
      <PasswordField value={password} onChange={setPassword} autoComplete="current-password" label="Your password" />
    </AskForm>
  );
}
