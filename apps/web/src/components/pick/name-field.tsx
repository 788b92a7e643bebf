import { useId } from 'react';

const NAME_PATTERN = '[a-z0-9](?:[a-z0-9._\\-]{0,61}[a-z0-9])?';

interface NameFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** A new name, for a shared space or a group. */
export function NameField({ label, value, onChange }: NameFieldProps) {
  const [id, hintId] = [useId(), useId()];
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="field"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        data-initial-focus
        pattern={NAME_PATTERN}
        title="1 to 63 characters: a to z, 0 to 9, and inside also dots, underscores and hyphens"
        aria-describedby={hintId}
        value={value}
        onChange={(event) => onChange(event.target.value.toLowerCase())}
      />
      <p id={hintId} className="field-hint">
        Small letters and digits, and inside also dots, underscores and hyphens.
      </p>
    </div>
  );
}
