import { type ReactNode, useId } from 'react';

interface SuggestFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Offered while one types; any other text can be typed as well. */
  readonly suggestions: readonly string[];
  readonly hint: ReactNode;
  readonly isFirst?: boolean;
}

/** A name that exists already, typed or chosen. */
export function SuggestField({ label, value, onChange, suggestions, hint, isFirst = false }: SuggestFieldProps) {
  const [id, hintId, listId] = [useId(), useId(), useId()];
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="field"
        list={listId}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={64}
        data-initial-focus={isFirst || undefined}
        aria-describedby={hintId}
        value={value}
        onChange={(event) => onChange(event.target.value.toLowerCase())}
      />
      <datalist id={listId}>
        {suggestions.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <p id={hintId} className="field-hint" aria-live="polite">
        {hint}
      </p>
    </div>
  );
}
