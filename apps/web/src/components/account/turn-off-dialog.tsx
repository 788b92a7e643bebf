import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { Dialog } from '../dialog.tsx';
import { ProblemLine } from '../problem-note.tsx';
import { CodeField } from '../shell/code-field.tsx';
import { PasswordField } from '../shell/password-field.tsx';
import { useSubmit } from '../use-submit.ts';

export function TurnOffDialog({ onClose }: { readonly onClose: () => void }) {
  const { people, notices } = useNetStore();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { submit, isBusy, problem } = useSubmit(async () => {
    await people.turnOff({ password, code: code.trim() });
    notices.done('The second factor is off.');
    onClose();
  });
  return (
    <Dialog title="Turn the second factor off" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
        <CodeField value={code} onChange={setCode} takesRecoveryCode />
        {problem !== undefined && <ProblemLine problem={problem} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-danger" disabled={isBusy || password === '' || code.trim() === ''}>
            {isBusy ? 'Turning off…' : 'Turn off'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
