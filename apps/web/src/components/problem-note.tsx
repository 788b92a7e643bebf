/** What went wrong, in the server's words, with the number that leads to its log, and a way to try again. */
import { toApiProblem } from '../api/api-problem.ts';
import { Icon } from './icon.tsx';

interface ProblemNoteProps {
  readonly title: string;
  readonly problem: unknown;
  readonly onRetry?: (() => void) | undefined;
}

export function ProblemNote({ title, problem, onRetry }: ProblemNoteProps) {
  const { message, requestId } = toApiProblem(problem);
  return (
    <div className="note" role="alert">
      <span className="note-icon is-bad">
        <Icon name="alert" size={24} />
      </span>
      <h2 className="note-title">{title}</h2>
      <p className="note-text">{message}</p>
      {requestId !== undefined && requestId !== '' && (
        <p className="note-small">
          Request <code>{requestId}</code>
        </p>
      )}
      {onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          <Icon name="retry" size={18} />
          Try again
        </button>
      )}
    </div>
  );
}

/** A problem inside a form or dialog, in one line. */
export function ProblemLine({ problem }: { readonly problem: unknown }) {
  const { message, requestId } = toApiProblem(problem);
  return (
    <p className="problem-line" role="alert">
      <Icon name="alert" size={18} />
      <span>
        {message}
        {requestId !== undefined && requestId !== '' && <small> Request {requestId}</small>}
      </span>
    </p>
  );
}
