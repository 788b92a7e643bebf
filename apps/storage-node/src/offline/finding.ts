/** Something that was found in a data directory. */
export interface Finding {
  /** `problem`: something is lost or wrong on this disk. `note`: worth knowing, and nothing to be done. */
  readonly severity: 'problem' | 'note';
  /** File or folder. */
  readonly path: string;
  /** Where in the file, in bytes; null when it is the whole. */
  readonly offset: number | null;
  readonly what: string;
  /** What to do about it. */
  readonly wayOut: string;
}

export const REPLACE_DISK =
  'Move this data directory away (do not delete it), start the node with an empty one, and run "netstore node replace": the others give it everything again';
export const START_NODE = 'Start the node while the two others run: it repairs this by itself';
export const NOTHING = 'Nothing is to be done';

export function problem(path: string, what: string, { wayOut, offset = null }: { wayOut: string; offset?: number | null }): Finding {
  return { severity: 'problem', path, offset, what, wayOut };
}

export function note(path: string, what: string, wayOut: string = NOTHING): Finding {
  return { severity: 'note', path, offset: null, what, wayOut };
}
