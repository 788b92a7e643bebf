import type { Subject } from '@netstore/shared-types';
import { Icon } from './icon.tsx';

/** Before the name of a person or a group. */
export function SubjectMark({ kind, name }: Subject) {
  return (
    <span className={kind === 'user' ? 'avatar' : 'avatar is-group'} aria-hidden="true">
      {kind === 'user' ? name.slice(0, 1).toUpperCase() : <Icon name="group" size={18} />}
    </span>
  );
}
