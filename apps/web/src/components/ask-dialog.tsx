import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { ProblemLine } from './problem-note.tsx';
import { useSubmit } from './use-submit.ts';

interface AskDialogProps {
  readonly title: string;
  readonly submitLabel: string;
  readonly isDangerous?: boolean;
  readonly canSubmit?: boolean;
  readonly action: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A question with one answer to it, which is done while the dialog waits and stays open when it fails. */
export function AskDialog({ title, submitLabel, isDangerous = false, canSubmit = true, action, onClose, children }: AskDialogProps) {
  const { submit, isBusy, problem } = useSubmit(action);
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        {children}
        {problem !== undefined && <ProblemLine problem={problem} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={`button ${isDangerous ? 'button-danger' : 'button-primary'}`} disabled={isBusy || !canSubmit}>
            {isBusy ? 'Working…' : submitLabel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
