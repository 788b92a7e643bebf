import { Field } from '../field.tsx';

interface CodeFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Whether a recovery code will do as well. */
  readonly takesRecoveryCode: boolean;
}

/** The code of a second factor. */
export function CodeField({ value, onChange, takesRecoveryCode }: CodeFieldProps) {
  const hint = takesRecoveryCode
    ? 'Six digits from your authenticator app, or a recovery code.'
    : 'Six digits from your authenticator app.';
  return (
    <Field label="Code" hint={hint}>
      {(ids) => (
        <input
          {...ids}
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
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
