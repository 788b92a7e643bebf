import type { SpaceDetail } from '@netstore/shared-types';
import { Link } from 'react-router';
import { folderAddress, membersAddress } from '../../names/path.ts';
import { Icon } from '../icon.tsx';
import { Menu, type MenuItem } from '../menu.tsx';
import { roleName } from '../rights/right-words.ts';
import { Usage } from '../usage.tsx';

interface SpaceRowProps {
  readonly space: SpaceDetail;
  readonly ownName: string;
  readonly seesMembers: boolean;
  readonly actions: readonly MenuItem[];
}

export function SpaceRow({ space, ownName, seesMembers, actions }: SpaceRowProps) {
  const { name, kind, owner, role, ending } = space;
  return (
    <li className="person">
      <span className="row-icon" aria-hidden="true">
        <Icon name={kind === 'home' ? 'home' : 'spaces'} size={22} />
      </span>
      <div className="person-text">
        <p className="person-name">
          {role === null ? (
            <bdi>{name}</bdi>
          ) : (
            <Link className="row-link" to={folderAddress(name, '')}>
              <bdi>{name}</bdi>
            </Link>
          )}
        </p>
        <p className="person-extra">
          {owner === ownName ? 'Yours' : `Owned by ${owner}`}
          {ending !== null && ', being deleted'}
        </p>
      </div>
      <div className="space-standing">
        <Usage {...space} />
        <span className={role === null ? 'badge' : 'badge is-primary'}>{owner === ownName ? 'Owner' : roleName(role)}</span>
      </div>
      <div className="row-actions">
        {seesMembers && (
          <Link className="button button-small" to={membersAddress(name)} aria-label={`Members of ${name}`}>
            <Icon name="people" size={16} />
            <span className="row-action-text">Members</span>
          </Link>
        )}
        {actions.length > 0 && (
          <Menu label={`Actions for ${name}`} className="icon-button" items={actions}>
            <Icon name="more" />
          </Menu>
        )}
      </div>
    </li>
  );
}
