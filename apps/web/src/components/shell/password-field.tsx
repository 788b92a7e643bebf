import { type ReactNode, useId, useState } from 'react';

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
  const [id, hintId] = [useId(), useId()];
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <span className="field-with-button">
        <input
          id={id}
          className="field"
          name="password"
          type={isShown ? 'text' : 'password'}
          autoComplete={autoComplete}
          required
          maxLength={256}
          aria-describedby={hint === undefined ? undefined : hintId}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        <button type="button" className="field-button" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'}
        </button>
      </span>
      {hint !== undefined && (
        <p id={hintId} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
