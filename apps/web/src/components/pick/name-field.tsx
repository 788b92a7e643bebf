import { TextField } from '../text-field.tsx';

const NAME_PATTERN = '[a-z0-9](?:[a-z0-9._\\-]{0,61}[a-z0-9])?';

interface NameFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** A new name, for a shared space or a group. */
export function NameField({ label, value, onChange }: NameFieldProps) {
  return (
    <TextField
      label={label}
      value={value}
      onChange={(text) => onChange(text.toLowerCase())}
      hint="Small letters and digits, and inside also dots, underscores and hyphens."
      title="1 to 63 characters: a to z, 0 to 9, and inside also dots, underscores and hyphens"
      pattern={NAME_PATTERN}
      autoCapitalize="none"
      required
      isFirst
    />
  );
}
