/** Asks what to do where something of that name exists; one answer may stand for others that meet the same question. */
import { type ReactNode, useId, useState } from 'react';
import type { ClashChoice } from '../../api/clash-questions.ts';
import { Dialog } from '../dialog.tsx';

export interface ClashOption {
  readonly choice: ClashChoice;
  readonly label: string;
  /** What it does. */
  readonly text: ReactNode;
}

interface ClashDialogProps {
  readonly title: string;
  /** What is where. */
  readonly text: ReactNode;
  readonly options: readonly ClashOption[];
  /** Offers that the answer stands for all; `undefined` where there are no others. */
  readonly forAllLabel: string | undefined;
  readonly onChoose: (choice: ClashChoice, isForAll: boolean) => void;
}

export function ClashDialog({ title, text, options, forAllLabel, onChoose }: ClashDialogProps) {
  const [isForAll, setIsForAll] = useState(false);
  const boxId = useId();
  return (
    <Dialog title={title} onClose={() => onChoose('skip', false)}>
      <p className="dialog-text">{text}</p>
      <div className="choices">
        {options.map(({ choice, label, text: effect }) => (
          <button
            key={choice}
            type="button"
            className="choice"
            data-initial-focus={choice === 'keep-both' ? true : undefined}
            onClick={() => onChoose(choice, isForAll)}
          >
            <strong>{label}</strong>
            <span>{effect}</span>
          </button>
        ))}
      </div>
      {forAllLabel !== undefined && (
        <label className="check-line" htmlFor={boxId}>
          <input
            id={boxId}
            type="checkbox"
            className="checkbox"
            checked={isForAll}
            onChange={(event) => setIsForAll(event.target.checked)}
          />
          {forAllLabel}
        </label>
      )}
    </Dialog>
  );
}
