/** Files that are there completely or not at all: written under another name in the same folder, then renamed. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface ReplaceFileOptions {
  readonly mode: number;
  /** Whether it must survive a power cut that comes right after. */
  readonly isDurable: boolean;
}

/** Synchronous, because the callers must not let anything else happen before the file is there. */
export function replaceFile(path: string, content: string, options: ReplaceFileOptions): void {
  const temporary = `${path}.new`;
  withOpenFile(temporary, 'w', options.mode, (file) => {
    const bytes = Buffer.from(content);
    for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
    if (options.isDurable) fsyncSync(file);
  });
  renameSync(temporary, path);
  if (options.isDurable && process.platform !== 'win32') withOpenFile(dirname(path), 'r', 0, fsyncSync);
}

function withOpenFile(path: string, flags: string, mode: number, use: (file: number) => void): void {
  const file = openSync(path, flags, mode);
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}
