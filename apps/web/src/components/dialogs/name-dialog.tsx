/** Asks for a name: of a new folder, or for an entry that is renamed. */
import { useEffect, useId, useRef, useState } from 'react';
import { splitExtension } from '../../names/conflict-name.ts';
import { nameProblem } from '../../names/name-rule.ts';
import { AskDialog } from '../ask-dialog.tsx';

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
  const input = useRef<HTMLInputElement>(null);
  const [inputId, hintId] = [useId(), useId()];
  const complaint = name === '' || name === initialName ? undefined : nameProblem(name);

  // The extension is left out of the first selection: it is seldom what one wants to change.
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(0, splitExtension(initialName)[0].length);
  }, [initialName]);

  const submit = async (): Promise<void> => {
    await onSubmit(name.normalize('NFC'));
    onClose();
  };

  return (
    <AskDialog
      title={title}
      submitLabel={submitLabel}
      canSubmit={nameProblem(name) === undefined && name !== initialName}
      action={submit}
      onClose={onClose}
    >
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
    </AskDialog>
  );
}
