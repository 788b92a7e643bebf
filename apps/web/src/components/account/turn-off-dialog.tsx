import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';
import { CodeField } from '../shell/code-field.tsx';
import { PasswordField } from '../shell/password-field.tsx';

export function TurnOffDialog({ onClose }: { readonly onClose: () => void }) {
  const { people, notices } = useNetStore();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const turnOff = async (): Promise<void> => {
    await people.turnOff({ password, code: code.trim() });
    notices.done('The second factor is off.');
    onClose();
  };
  return (
    <AskDialog
      title="Turn the second factor off"
      submitLabel="Turn off"
      busyLabel="Turning off…"
      isDangerous
      canSubmit={password !== '' && code.trim() !== ''}
      action={turnOff}
      onClose={onClose}
    >
      <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
      <CodeField value={code} onChange={setCode} takesRecoveryCode />
    </AskDialog>
  );
}
