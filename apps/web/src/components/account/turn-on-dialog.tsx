/** Turning the second factor on, in three steps: the password, the secret and its first code, the recovery codes. */
import type { Enrolment } from '@netstore/shared-types';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { AskForm } from '../ask-dialog.tsx';
import { CopyField } from '../copy-field.tsx';
import { Dialog } from '../dialog.tsx';
import { CodeField } from '../shell/code-field.tsx';
import { PasswordField } from '../shell/password-field.tsx';

export function TurnOnDialog({ onClose }: { readonly onClose: () => void }) {
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const [recoveryCodes, setRecoveryCodes] = useState<readonly string[]>();
  return (
    <Dialog title={recoveryCodes === undefined ? 'Turn the second factor on' : 'The second factor is on'} onClose={onClose}>
      {recoveryCodes !== undefined ? (
        <RecoveryCodesStep codes={recoveryCodes} onClose={onClose} />
      ) : enrolment !== undefined ? (
        <SecretStep enrolment={enrolment} onConfirmed={setRecoveryCodes} onClose={onClose} />
      ) : (
        <PasswordStep onProven={setEnrolment} onClose={onClose} />
      )}
    </Dialog>
  );
}

function PasswordStep({ onProven, onClose }: { readonly onProven: (enrolment: Enrolment) => void; readonly onClose: () => void }) {
  const { people } = useNetStore();
  const [password, setPassword] = useState('');
  return (
    <AskForm
      submitLabel="Go on"
      busyLabel="Go on"
      canSubmit={password !== ''}
      action={async () => onProven(await people.enrol(password))}
      onClose={onClose}
    >
      <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
    </AskForm>
  );
}

interface SecretStepProps {
  readonly enrolment: Enrolment;
  readonly onConfirmed: (recoveryCodes: readonly string[]) => void;
  readonly onClose: () => void;
}

function SecretStep({ enrolment, onConfirmed, onClose }: SecretStepProps) {
  const { people } = useNetStore();
  const [code, setCode] = useState('');
  return (
    <AskForm
      submitLabel="Turn on"
      busyLabel="Turning on…"
      canSubmit={code.trim() !== ''}
      action={async () => onConfirmed(await people.confirm(code.trim()))}
      onClose={onClose}
    >
      <p className="dialog-text">
        <a href={enrolment.uri}>Open it in your authenticator app</a>, or type this key there. Then enter the code that the app shows.
      </p>
      <CopyField label="Key" text={(enrolment.secret.match(/.{1,4}/g) ?? []).join(' ')} />
      <CodeField value={code} onChange={setCode} takesRecoveryCode={false} />
    </AskForm>
  );
}

function RecoveryCodesStep({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  return (
    <div className="form">
      <p className="dialog-text">
        Keep these codes where you find them without your phone. Each opens once in place of a code from the app. They are not shown again.
      </p>
      <CopyField label="Recovery codes" text={codes.join('\n')} rows={codes.length} />
      <div className="dialog-actions">
        <button type="button" className="button button-primary" onClick={onClose}>
          I have kept them
        </button>
      </div>
    </div>
  );
}
