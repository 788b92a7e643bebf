import { type ReactNode, useId } from 'react';
import { TextField } from '../text-field.tsx';

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
  const listId = useId();
  return (
    <>
      <TextField
        label={label}
        value={value}
        onChange={(text) => onChange(text.toLowerCase())}
        hint={hint}
        isHintLive
        list={listId}
        maxLength={64}
        autoCapitalize="none"
        required
        isFirst={isFirst}
      />
      <datalist id={listId}>
        {suggestions.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
