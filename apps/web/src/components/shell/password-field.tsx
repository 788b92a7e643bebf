import { type ReactNode, useState } from 'react';
import { Field } from '../field.tsx';

interface PasswordFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autoComplete: 'current-password' | 'new-password';
  readonly hint?: ReactNode;
  readonly label?: string;
}

/** A password that can be looked at: long ones are hard to type blind. */
export function PasswordField({ value, onChange, autoComplete, hint, label = 'Password' }: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <span className="field-with-button">
          <input
            {...ids}
            className="field"
            name="password"
            type={isShown ? 'text' : 'password'}
            autoComplete={autoComplete}
            required
            maxLength={256}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <button type="button" className="field-button" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
            {isShown ? 'Hide' : 'Show'}
          </button>
        </span>
      )}
    </Field>
  );
}
