/** The fields of a new API key. */
import type { KeyVerb } from '@netstore/shared-types';
import { useId } from 'react';
import { Field } from '../field.tsx';
import { VERB_WORDS, VERBS } from './key-words.ts';

interface ChoiceFieldProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly words: string }[];
  readonly onChange: (value: string) => void;
}

export function ChoiceField({ label, value, choices, onChange }: ChoiceFieldProps) {
  return (
    <Field label={label}>
      {(ids) => (
        <select {...ids} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface VerbChoiceProps {
  readonly verbs: readonly KeyVerb[];
  readonly onChange: (verbs: readonly KeyVerb[]) => void;
}

export function VerbChoice({ verbs, onChange }: VerbChoiceProps) {
  const id = useId();
  const toggle = (verb: KeyVerb): void => onChange(VERBS.filter((each) => verbs.includes(each) !== (each === verb)));
  return (
    <fieldset className="role-choice">
      <legend className="field-label">It may</legend>
      {VERBS.map((verb) => (
        <label key={verb} className="role-choice-item" htmlFor={`${id}-${verb}`}>
          <input id={`${id}-${verb}`} type="checkbox" className="checkbox" checked={verbs.includes(verb)} onChange={() => toggle(verb)} />
          <span>
            {VERB_WORDS[verb].name}
            <small>{VERB_WORDS[verb].text}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
