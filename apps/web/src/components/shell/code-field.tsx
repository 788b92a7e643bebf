import { useId } from 'react';

interface CodeFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Whether a recovery code will do as well. */
  readonly takesRecoveryCode: boolean;
}

/** The code of a second factor. */
export function CodeField({ value, onChange, takesRecoveryCode }: CodeFieldProps) {
  const [id, hintId] = [useId(), useId()];
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        Code
      </label>
      <input
        id={id}
        className="field field-code"
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        inputMode={takesRecoveryCode ? 'text' : 'numeric'}
        required
        maxLength={64}
        // biome-ignore lint/a11y/noAutofocus: it appears when it is the next thing to fill in.
        autoFocus
        aria-describedby={hintId}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={hintId} className="field-hint">
        {takesRecoveryCode ? 'Six digits from your authenticator app, or a recovery code.' : 'Six digits from your authenticator app.'}
      </p>
    </div>
  );
}
