import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { ProblemLine } from './problem-note.tsx';
import { useSubmit } from './use-submit.ts';

interface AskFormProps {
  readonly submitLabel: string;
  readonly busyLabel?: string;
  readonly isDangerous?: boolean;
  readonly canSubmit?: boolean;
  readonly action: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A question in a dialog with one answer to it, which is done while the dialog waits and stays open when it fails. */
export function AskForm({
  submitLabel,
  busyLabel = 'Working…',
  isDangerous = false,
  canSubmit = true,
  action,
  onClose,
  children,
}: AskFormProps) {
  const { submit, isBusy, problem } = useSubmit(action);
  return (
    <form className="form" onSubmit={submit}>
      {children}
      {problem !== undefined && <ProblemLine problem={problem} />}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className={`button ${isDangerous ? 'button-danger' : 'button-primary'}`} disabled={isBusy || !canSubmit}>
          {isBusy ? busyLabel : submitLabel}
        </button>
      </div>
    </form>
  );
}

/** A dialog that is that question alone. */
export function AskDialog({ title, ...form }: AskFormProps & { readonly title: string }) {
  return (
    <Dialog title={title} onClose={form.onClose}>
      <AskForm {...form} />
    </Dialog>
  );
}
