import type { ComponentProps, ReactNode } from 'react';
import { Field } from './field.tsx';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id' | 'className' | 'onChange' | 'value'> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly isHintLive?: boolean;
  /** The focus begins here. */
  readonly isFirst?: boolean;
}

/** One line of text that no browser completes or corrects. */
export function TextField({ label, value, onChange, hint, isHintLive = false, isFirst = false, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} isHintLive={isHintLive}>
      {(ids) => (
        <input
          {...ids}
          {...input}
          className="field"
          autoComplete="off"
          spellCheck={false}
          data-initial-focus={isFirst ? '' : undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
