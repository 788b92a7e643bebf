/** Opens the browser's chooser for files or for a folder with its tree. */
import { useRef } from 'react';
import { Icon } from '../components/icon.tsx';
import { Menu } from '../components/menu.tsx';

export function UploadButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement): void => {
    const chosen = [...(input.files ?? [])];
    // Without this the same file could not be chosen twice in a row.
    input.value = '';
    if (chosen.length > 0) onFiles(chosen);
  };
  return (
    <span className="split-button">
      <button type="button" className="button button-primary" onClick={() => files.current?.click()}>
        <Icon name="upload" size={18} />
        Upload
      </button>
      <Menu
        label="Choose what to upload"
        className="button button-primary split-button-more"
        items={[
          { label: 'Upload files', icon: 'file', onSelect: () => files.current?.click() },
          { label: 'Upload a folder', icon: 'folder', onSelect: () => folder.current?.click() },
        ]}
      >
        <Icon name="chevron-down" size={16} />
      </Menu>
      <input ref={files} type="file" multiple hidden aria-label="Files to upload" onChange={(event) => take(event.currentTarget)} />
      <input
        ref={(input) => {
          folder.current = input;
          if (input !== null) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        aria-label="Folder to upload"
        onChange={(event) => take(event.currentTarget)}
      />
    </span>
  );
}
