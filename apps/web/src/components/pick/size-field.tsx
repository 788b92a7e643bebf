import { useId } from 'react';
import { readSize } from '../../format/read-size.ts';

interface SizeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly hint: string;
}

/** A number of bytes with its unit; nothing stands for no limit. `readSize` says what the text means. */
export function SizeField({ label, value, onChange, hint }: SizeFieldProps) {
  const [id, hintId] = [useId(), useId()];
  const isWrong = readSize(value) === undefined;
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="field"
        autoComplete="off"
        spellCheck={false}
        placeholder="No limit"
        maxLength={32}
        aria-invalid={isWrong}
        aria-describedby={hintId}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={hintId} className="field-hint" aria-live="polite">
        {isWrong ? 'A number with a unit: 500 MB, 20 GB or 1.5 TB.' : hint}
      </p>
    </div>
  );
}
