import { type ReactNode, useId } from 'react';

const USERNAME_PATTERN = '[a-z0-9](?:[a-z0-9._\\-]{0,30}[a-z0-9])?';

interface UsernameFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint: ReactNode;
  readonly isOptional?: boolean;
}

/** A name for a new user. */
export function UsernameField({ value, onChange, hint, isOptional = false }: UsernameFieldProps) {
  const [id, hintId] = [useId(), useId()];
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        User name
      </label>
      <input
        id={id}
        className="field"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required={!isOptional}
        pattern={USERNAME_PATTERN}
        title="1 to 32 characters: a to z, 0 to 9, and inside also dots, underscores and hyphens"
        // biome-ignore lint/a11y/noAutofocus: it is the first field of the only form in sight.
        autoFocus
        data-initial-focus
        aria-describedby={hintId}
        value={value}
        onChange={(event) => onChange(event.target.value.toLowerCase())}
      />
      <p id={hintId} className="field-hint">
        {hint}
      </p>
    </div>
  );
}
