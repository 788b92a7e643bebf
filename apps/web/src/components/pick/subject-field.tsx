/** A person or a group, by name. */
import type { Subject } from '@netstore/shared-types';
import { PersonField } from './person-field.tsx';
import { SegmentedChoice } from './segmented-choice.tsx';
import { SuggestField } from './suggest-field.tsx';
import { useGroupNames, useMaySuggest } from './use-names.ts';

interface SubjectFieldProps {
  readonly value: Subject;
  readonly onChange: (subject: Subject) => void;
}

const KINDS = [
  { value: 'user', label: 'Person' },
  { value: 'group', label: 'Group' },
] as const;

export function SubjectField({ value, onChange }: SubjectFieldProps) {
  const rename = (name: string): void => onChange({ ...value, name });
  return (
    <>
      <SegmentedChoice label="Who" options={KINDS} value={value.kind} onChange={(kind) => onChange({ kind, name: '' })} />
      {value.kind === 'user' ? (
        <PersonField label="User name" value={value.name} onChange={rename} isFirst />
      ) : (
        <GroupField value={value.name} onChange={rename} />
      )}
    </>
  );
}

function GroupField({ value, onChange }: { readonly value: string; readonly onChange: (name: string) => void }) {
  const hint = useMaySuggest() ? 'Everybody in the group gets the role.' : 'The whole name of the group. Admins make groups.';
  return <SuggestField label="Name of the group" value={value} onChange={onChange} suggestions={useGroupNames()} hint={hint} />;
}
