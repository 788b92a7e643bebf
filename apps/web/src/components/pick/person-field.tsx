import { SuggestField } from './suggest-field.tsx';
import { useMaySuggest, usePersonNames } from './use-names.ts';

interface PersonFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (username: string) => void;
  readonly isFirst?: boolean;
  /** People who are not suggested. */
  readonly without?: readonly string[];
}

/** One person, by user name. */
export function PersonField({ label, value, onChange, isFirst = false, without = [] }: PersonFieldProps) {
  const names = usePersonNames(value).filter((name) => !without.includes(name));
  const hint = useMaySuggest()
    ? 'Type a part of the user name and choose.'
    : 'The whole user name, as they sign in: ask them. Only admins get names suggested.';
  return <SuggestField label={label} value={value} onChange={onChange} suggestions={names} hint={hint} isFirst={isFirst} />;
}
