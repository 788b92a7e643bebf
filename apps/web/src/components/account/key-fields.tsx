/** The fields of a new API key. */
import type { KeyVerb } from '@netstore/shared-types';
import { useId } from 'react';
import { VERB_WORDS, VERBS } from './key-words.ts';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly maxLength?: number;
  readonly placeholder?: string;
  /** Of what explains it. */
  readonly describedBy?: string;
  /** The focus begins here. */
  readonly isFirst?: boolean;
}

export function TextField({ label, value, onChange, maxLength, placeholder, describedBy, isFirst = false }: TextFieldProps) {
  const id = useId();
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
        maxLength={maxLength}
        placeholder={placeholder}
        aria-describedby={describedBy}
        data-initial-focus={isFirst ? '' : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

interface ChoiceFieldProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly words: string }[];
  readonly onChange: (value: string) => void;
}

export function ChoiceField({ label, value, choices, onChange }: ChoiceFieldProps) {
  const id = useId();
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <select id={id} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.words}
          </option>
        ))}
      </select>
    </div>
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
