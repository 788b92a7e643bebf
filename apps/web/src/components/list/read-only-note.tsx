import { Icon } from '../icon.tsx';

/** Says to whoever may look here, and no more, why. */
export function ReadOnlyNote({ words }: { readonly words: string }) {
  return (
    <p className="toolbar-hint read-only" role="status">
      <Icon name="eye" size={18} />
      {words}
    </p>
  );
}
