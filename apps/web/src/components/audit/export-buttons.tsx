/** All of the audit as a file. No link can do that: the export wants the access token in a header. */
import type { AuditExportQuery } from '@netstore/shared-types';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { Icon } from '../icon.tsx';

type Format = AuditExportQuery['format'];

const FORMATS: readonly { readonly format: Format; readonly words: string; readonly fileName: string; readonly title: string }[] = [
  { format: 'json', words: 'Export JSON', fileName: 'audit.jsonl', title: 'All of it, to be verified with "netstore audit verify"' },
  { format: 'csv', words: 'Export CSV', fileName: 'audit.csv', title: 'All of it, for spreadsheets' },
];

export function ExportButtons() {
  const { audit, notices } = useNetStore();
  const [busy, setBusy] = useState<Format>();
  const save = async (format: Format, fileName: string): Promise<void> => {
    setBusy(format);
    try {
      saveAs(await audit.exported(format), fileName);
    } catch (thrown) {
      notices.problem('The audit was not exported.', thrown);
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <div className="toolbar">
      {FORMATS.map(({ format, words, fileName, title }) => (
        <button
          key={format}
          type="button"
          className="button"
          title={title}
          disabled={busy !== undefined}
          onClick={() => void save(format, fileName)}
        >
          <Icon name="download" size={18} />
          {busy === format ? 'Exporting…' : words}
        </button>
      ))}
    </div>
  );
}

function saveAs(content: Blob, fileName: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser has taken hold of the content by then; without this it would keep it as long as the page is open.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
