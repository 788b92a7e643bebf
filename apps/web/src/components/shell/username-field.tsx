import type { ReactNode } from 'react';
import { Field } from '../field.tsx';

const USERNAME_PATTERN = '[a-z0-9](?:[a-z0-9._\\-]{0,30}[a-z0-9])?';

interface UsernameFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint: ReactNode;
  readonly isOptional?: boolean;
}

/** A name for a new user. */
export function UsernameField({ value, onChange, hint, isOptional = false }: UsernameFieldProps) {
  return (
    <Field label="User name" hint={hint}>
      {(ids) => (
        <input
          {...ids}
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
          value={value}
          onChange={(event) => onChange(event.target.value.toLowerCase())}
        />
      )}
    </Field>
  );
}
