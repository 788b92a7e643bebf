import { useState } from 'react';
import { ChooseFolderDialog } from '../dialogs/choose-folder-dialog.tsx';
import { Field } from '../field.tsx';

interface FolderFieldProps {
  readonly space: string;
  readonly value: string;
  readonly onChange: (folder: string) => void;
  /** Whoever looks after a space without a role in it sees none of its folders, and types. */
  readonly canWalk: boolean;
}

/** A folder of a space by its path, typed or chosen by walking. */
export function FolderField({ space, value, onChange, canWalk }: FolderFieldProps) {
  const [isWalking, setIsWalking] = useState(false);
  return (
    <>
      <Field label="Folder" hint={`Its path in ${space}, such as 2026/reports. The rule holds for all below it.`}>
        {(ids) => (
          <span className="field-beside">
            <input
              {...ids}
              className="field"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
            {canWalk && (
              <button type="button" className="button" onClick={() => setIsWalking(true)}>
                Choose…
              </button>
            )}
          </span>
        )}
      </Field>
      {isWalking && (
        <ChooseFolderDialog
          title="Choose a folder"
          submitLabel="Choose"
          busyLabel="Choosing…"
          space={space}
          from=""
          isForbidden={() => false}
          isPointless={(folder) => folder === ''}
          onSubmit={async (folder) => onChange(folder)}
          onClose={() => setIsWalking(false)}
        />
      )}
    </>
  );
}
