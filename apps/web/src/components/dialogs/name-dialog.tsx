/** Asks for a name: of a new folder, or for an entry that is renamed. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { splitExtension } from '../../names/conflict-name.ts';
import { nameProblem } from '../../names/name-rule.ts';
import { Dialog } from '../dialog.tsx';
import { ProblemLine } from '../problem-note.tsx';

interface NameDialogProps {
  readonly title: string;
  readonly label: string;
  readonly submitLabel: string;
  readonly initialName: string;
  /** Rejects with the reason to show; the dialog stays open then. */
  readonly onSubmit: (name: string) => Promise<void>;
  readonly onClose: () => void;
}

export function NameDialog({ title, label, submitLabel, initialName, onSubmit, onClose }: NameDialogProps) {
  const [name, setName] = useState(initialName);
  const [problem, setProblem] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const [inputId, hintId] = [useId(), useId()];
  const complaint = name === '' || name === initialName ? undefined : nameProblem(name);

  // The extension is left out of the first selection: it is seldom what one wants to change.
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(0, splitExtension(initialName)[0].length);
  }, [initialName]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (nameProblem(name) !== undefined) return;
    setIsBusy(true);
    setProblem(undefined);
    try {
      await onSubmit(name.normalize('NFC'));
      onClose();
    } catch (thrown) {
      setProblem(thrown);
      setIsBusy(false);
    }
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <label className="field-label" htmlFor={inputId}>
          {label}
        </label>
        <input
          ref={input}
          id={inputId}
          className="field"
          value={name}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={complaint !== undefined}
          aria-describedby={hintId}
          onChange={(event) => setName(event.target.value)}
        />
        <p id={hintId} className="field-complaint" aria-live="polite">
          {complaint}
        </p>
        {problem !== undefined && <ProblemLine problem={problem} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={isBusy || nameProblem(name) !== undefined || name === initialName}
          >
            {isBusy ? 'Working…' : submitLabel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
