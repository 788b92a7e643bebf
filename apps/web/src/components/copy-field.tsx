import { useId, useRef, useState } from 'react';
import { Icon } from './icon.tsx';

interface CopyFieldProps {
  readonly label: string;
  readonly text: string;
  /** Lines in sight. */
  readonly rows?: number;
}

/** Text that is there to be taken elsewhere. Where the browser does not let pages copy, it is selected, ready for the keyboard. */
export function CopyField({ label, text, rows = 2 }: CopyFieldProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    field.current?.select();
    // Missing on plain HTTP from other hosts.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    try {
      await clipboard?.writeText(text);
      setIsCopied(clipboard !== undefined);
    } catch {
      setIsCopied(false);
    }
  };
  return (
    <div className="field-group">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="copy-field">
        <textarea ref={field} id={id} className="field" readOnly rows={rows} value={text} />
        <button type="button" className="button" onClick={copy}>
          <Icon name={isCopied ? 'check' : 'copy'} size={18} />
          {isCopied ? 'Copied' : 'Copy'}
        </button>
      </div>
    </div>
  );
}
