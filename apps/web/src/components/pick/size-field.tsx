import { readSize } from '../../format/read-size.ts';
import { TextField } from '../text-field.tsx';

interface SizeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly hint: string;
}

/** A number of bytes with its unit; nothing stands for no limit. `readSize` says what the text means. */
export function SizeField({ label, value, onChange, hint }: SizeFieldProps) {
  const isWrong = readSize(value) === undefined;
  return (
    <TextField
      label={label}
      value={value}
      onChange={onChange}
      hint={isWrong ? 'A number with a unit: 500 MB, 20 GB or 1.5 TB.' : hint}
      isHintLive
      placeholder="No limit"
      maxLength={32}
      aria-invalid={isWrong}
    />
  );
}
