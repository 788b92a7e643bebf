import type { User } from '@netstore/shared-types';
import { formatAge, formatTime } from '../../format/time.ts';
import { Icon, type IconName } from '../icon.tsx';
import { Menu, type MenuItem } from '../menu.tsx';
import { SubjectMark } from '../subject-mark.tsx';
import { ROLE_WORDS } from './role-words.ts';

export type PersonAction = 'roles' | 'password' | 'second-factor' | 'quota' | 'keys' | 'disable' | 'enable' | 'delete';

interface PersonRowProps {
  readonly person: User;
  readonly isSelf: boolean;
  readonly nowMs: number;
  /** `undefined` for those who may only look. */
  readonly onAction: ((action: PersonAction) => void) | undefined;
}

export function PersonRow({ person, isSelf, nowMs, onAction }: PersonRowProps) {
  const { username, roles, hasSecondFactor, lastSignInAt, disabledAt } = person;
  return (
    <li className={disabledAt === null ? 'person' : 'person is-disabled'}>
      <SubjectMark kind="user" name={username} />
      <div className="person-text">
        <p className="person-name">
          <bdi>{username}</bdi>
          {isSelf && <span className="person-extra"> you</span>}
        </p>
        <p className="person-extra">
          {lastSignInAt === null ? (
            'Never signed in'
          ) : (
            <>
              Signed in{' '}
              <time dateTime={lastSignInAt} title={formatTime(lastSignInAt)}>
                {formatAge(lastSignInAt, nowMs)}
              </time>
            </>
          )}
        </p>
      </div>
      <p className="person-badges">
        {disabledAt !== null && <span className="badge is-learner">Disabled</span>}
        {roles.map((role) => (
          <span key={role} className={role === 'admin' ? 'badge is-primary' : 'badge'}>
            {ROLE_WORDS[role].name}
          </span>
        ))}
        {hasSecondFactor && <span className="badge">Second factor</span>}
      </p>
      {onAction !== undefined && (
        <Menu label={`Actions for ${username}`} className="icon-button" items={actionsFor(person, onAction)}>
          <Icon name="more" />
        </Menu>
      )}
    </li>
  );
}

function actionsFor({ disabledAt, hasSecondFactor }: User, onAction: (action: PersonAction) => void): MenuItem[] {
  const item = (action: PersonAction, label: string, icon: IconName): MenuItem => ({ label, icon, onSelect: () => onAction(action) });
  return [
    item('roles', 'Change roles', 'rename'),
    ...(disabledAt === null ? [item('password', 'Link for a new password', 'copy')] : []),
    ...(hasSecondFactor ? [item('second-factor', 'Take second factor away', 'close')] : []),
    item('quota', 'Set quota', 'quota'),
    item('keys', 'API keys', 'key'),
    disabledAt === null ? item('disable', 'Disable', 'alert') : item('enable', 'Enable', 'check'),
    { ...item('delete', 'Delete', 'trash'), isDangerous: true },
  ];
}
