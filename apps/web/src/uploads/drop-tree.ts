/**
 * The files below what was dropped on the page, with their paths. Reads the browser's entries through the few members
 * declared here, so that it can be tried without a browser. Bounded in depth and number.
 */

interface DroppedBase {
  readonly name: string;
}

export interface DroppedFile extends DroppedBase {
  readonly isFile: true;
  readonly isDirectory: false;
  readonly file: (resolve: (file: File) => void, reject: (error: unknown) => void) => void;
}

export interface DroppedFolder extends DroppedBase {
  readonly isFile: false;
  readonly isDirectory: true;
  readonly createReader: () => {
    /** Gives some of the entries; has given all once it gives none. */
    readonly readEntries: (resolve: (entries: readonly Dropped[]) => void, reject: (error: unknown) => void) => void;
  };
}

export type Dropped = DroppedFile | DroppedFolder;

export type DropFinding =
  | { readonly kind: 'file'; readonly path: string; readonly file: File }
  | { readonly kind: 'empty-folder'; readonly path: string }
  | { readonly kind: 'unreadable'; readonly path: string };

const DEPTH_MAX = 64;

/** Depth first, in the order of the drop. Never throws: what cannot be read is a finding. */
export async function* walkDrop(roots: readonly Dropped[], base = '', depth = 1): AsyncGenerator<DropFinding> {
  for (const root of roots) {
    const path = (base === '' ? root.name : `${base}/${root.name}`).normalize('NFC');
    if (root.isFile) yield await findFile(root, path);
    else yield* walkFolder(root, path, depth);
  }
}

async function findFile(entry: DroppedFile, path: string): Promise<DropFinding> {
  try {
    return { kind: 'file', path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) };
  } catch {
    return { kind: 'unreadable', path };
  }
}

async function* walkFolder(entry: DroppedFolder, path: string, depth: number): AsyncGenerator<DropFinding> {
  if (depth >= DEPTH_MAX) {
    yield { kind: 'unreadable', path };
    return;
  }
  const reader = entry.createReader();
  let isEmpty = true;
  try {
    for (;;) {
      const entries = await new Promise<readonly Dropped[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (entries.length === 0) break;
      isEmpty = false;
      yield* walkDrop(entries, path, depth + 1);
    }
    if (isEmpty) yield { kind: 'empty-folder', path };
  } catch {
    yield { kind: 'unreadable', path };
  }
}
