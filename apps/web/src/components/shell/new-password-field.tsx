import { PasswordField } from './password-field.tsx';

const PASSWORD_LENGTH_MIN = 12;

export function isLongEnough(password: string): boolean {
  return [...password.normalize('NFC')].length >= PASSWORD_LENGTH_MIN;
}

interface NewPasswordFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label?: string;
}

/** A password that is chosen: says while one types whether it is long enough. */
export function NewPasswordField({ value, onChange, label }: NewPasswordFieldProps) {
  return (
    <PasswordField
      value={value}
      onChange={onChange}
      autoComplete="new-password"
      {...(label === undefined ? {} : { label })}
      hint={isLongEnough(value) ? 'Long enough.' : `At least ${PASSWORD_LENGTH_MIN} characters. A few words are good.`}
    />
  );
}
