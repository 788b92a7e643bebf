import { type ReactNode, useId } from 'react';

/** For the control: its label and its hint are found by these. */
export interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** The hint changes while one types, and is read out then. */
  readonly isHintLive?: boolean;
  readonly children: (ids: FieldIds) => ReactNode;
}

/** A control with its label, and under it what explains it. */
export function Field({ label, hint, isHintLive = false, children }: FieldProps) {
  const [id, hintId] = [useId(), useId()];
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-describedby': hint === undefined ? undefined : hintId })}
      {hint !== undefined && (
        <p id={hintId} className="field-hint" aria-live={isHintLive ? 'polite' : undefined}>
          {hint}
        </p>
      )}
    </div>
  );
}
