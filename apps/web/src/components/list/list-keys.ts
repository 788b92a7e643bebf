/** What a key does in the list of files. Pure: says what is meant, the list does it. */

export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export type ListCommand =
  | { readonly kind: 'step'; readonly to: number; readonly isExtending: boolean }
  | { readonly kind: 'toggle' | 'select-all' | 'select-none' | 'open' | 'open-parent' | 'rename' | 'delete' | 'details' | 'undo' };

export interface ListPosition {
  /** -1 while the keyboard stands on no entry. */
  readonly activeIndex: number;
  readonly count: number;
  /** Entries that are visible at once. */
  readonly pageSize: number;
}

/** `undefined` when the key means nothing here. */
export function listCommand(pressed: PressedKey, position: ListPosition): ListCommand | undefined {
  const { key, shiftKey, altKey } = pressed;
  const isCommand = pressed.ctrlKey || pressed.metaKey;
  if (altKey) return key === 'ArrowUp' ? { kind: 'open-parent' } : undefined;
  if (isCommand) return commandOf(key.toLowerCase());
  const to = stepTarget(key, position);
  if (to !== undefined) return position.count === 0 ? undefined : { kind: 'step', to, isExtending: shiftKey };
  switch (key) {
    case ' ':
      return { kind: 'toggle' };
    case 'Escape':
      return { kind: 'select-none' };
    case 'Enter':
      return { kind: 'open' };
    case 'Backspace':
      return { kind: 'open-parent' };
    case 'F2':
      return { kind: 'rename' };
    case 'Delete':
      return { kind: 'delete' };
    case 'i':
      return { kind: 'details' };
    default:
      return undefined;
  }
}

function commandOf(letter: string): ListCommand | undefined {
  if (letter === 'a') return { kind: 'select-all' };
  return letter === 'z' ? { kind: 'undo' } : undefined;
}

function stepTarget(key: string, { activeIndex, count, pageSize }: ListPosition): number | undefined {
  const clamp = (index: number): number => Math.max(0, Math.min(count - 1, index));
  switch (key) {
    case 'ArrowDown':
      return clamp(activeIndex + 1);
    case 'ArrowUp':
      return activeIndex === -1 ? clamp(count - 1) : clamp(activeIndex - 1);
    case 'PageDown':
      return clamp(Math.max(0, activeIndex) + pageSize);
    case 'PageUp':
      return clamp(activeIndex - pageSize);
    case 'Home':
      return 0;
    case 'End':
      return clamp(count - 1);
    default:
      return undefined;
  }
}
