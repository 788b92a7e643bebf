/** What the audit is narrowed down to. Asked for as a whole, by the button, because every question to the audit is an entry in it. */
import { useState } from 'react';
import { ChoiceField } from '../choice-field.tsx';
import { Icon } from '../icon.tsx';
import { TextField } from '../text-field.tsx';
import { NARROW_QUERY, useMediaQuery } from '../use-media-query.ts';
import { ACT_KINDS } from './act-words.ts';
import { type AuditFilter, countOf, fromLocalTime, NO_FILTER, toLocalTime, writeFilter } from './audit-filter.ts';

const OUTCOMES = [
  { value: '', words: 'Done or refused' },
  { value: 'ok', words: 'Done' },
  { value: 'refused', words: 'Refused or failed' },
];

interface AuditFilterFormProps {
  readonly shown: AuditFilter;
  /** The same filter again asks anew. */
  readonly onShow: (filter: AuditFilter) => void;
}

export function AuditFilterForm({ shown, onShow }: AuditFilterFormProps) {
  const isNarrow = useMediaQuery(NARROW_QUERY);
  const [isOpen, setIsOpen] = useState(!isNarrow);
  const [filter, setFilter] = useState(shown);
  const address = writeFilter(shown).toString();
  const [filledFor, setFilledFor] = useState(address);
  // The way back leads to another filter, and what is typed is of this one.
  if (filledFor !== address) {
    setFilledFor(address);
    setFilter(shown);
  }
  const count = countOf(shown);
  const set = (field: keyof AuditFilter) => (text: string) => setFilter((before) => ({ ...before, [field]: text }));
  const text = (label: string, field: 'actor' | 'space' | 'path') => (
    <TextField label={label} value={filter[field]} onChange={set(field)} maxLength={field === 'path' ? 4096 : 128} autoCapitalize="none" />
  );
  const time = (label: string, field: 'from' | 'to') => (
    <TextField
      label={label}
      type="datetime-local"
      value={toLocalTime(filter[field])}
      onChange={(local) => set(field)(fromLocalTime(local))}
    />
  );
  return (
    <details className="audit-filter" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="chevron-right" size={18} />
        Filter{count > 0 && ` (${count})`}
      </summary>
      <form
        className="audit-form"
        onSubmit={(event) => {
          event.preventDefault();
          onShow(filter);
        }}
      >
        {text('Who', 'actor')}
        <ChoiceField label="What" value={filter.action} choices={ACT_KINDS} onChange={set('action')} />
        <ChoiceField label="Outcome" value={filter.outcome} choices={OUTCOMES} onChange={set('outcome')} />
        {text('Space', 'space')}
        {text('Path, and all below it', 'path')}
        {time('From', 'from')}
        {time('Before', 'to')}
        <label className="audit-looks">
          <input
            type="checkbox"
            className="checkbox"
            checked={filter.looks === 'all'}
            onChange={(event) => set('looks')(event.target.checked ? 'all' : '')}
          />
          What was only listed or looked at, too
        </label>
        <div className="toolbar">
          <button type="submit" className="button button-primary">
            Show
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              setFilter(NO_FILTER);
              onShow(NO_FILTER);
            }}
          >
            Clear
          </button>
        </div>
      </form>
    </details>
  );
}
