/** What a new API key may do. */
import type { KeyVerb } from '@netstore/shared-types';
import { useId } from 'react';
import { VERB_WORDS, VERBS } from './key-words.ts';

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
