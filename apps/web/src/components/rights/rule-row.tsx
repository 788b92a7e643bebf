import type { Grant, GrantRole } from '@netstore/shared-types';
import { IconButton } from '../icon-button.tsx';
import { GrantRoleSelect } from '../pick/grant-role-select.tsx';
import { SubjectMark } from '../subject-mark.tsx';
import { FOLDER_ROLES, GRANT_ROLE_WORDS, placeWords, ROOT_ROLES } from './right-words.ts';

interface RuleRowProps {
  readonly grant: Grant;
  /** What it means. */
  readonly words: string;
  readonly isBusy: boolean;
  /** null takes it away. `undefined` for those who may only look. */
  readonly onRole: ((role: GrantRole | null) => void) | undefined;
}

/** A role of a person or a group, in the whole space or in a folder. */
export function RuleRow({ grant, words, isBusy, onRole }: RuleRowProps) {
  const { folder, subject, role } = grant;
  const name = subject.kind === 'group' ? `the group ${subject.name}` : subject.name;
  return (
    <li className="person">
      <SubjectMark {...subject} />
      <div className="person-text">
        <p className="person-name">
          <bdi>{subject.name}</bdi>
          {subject.kind === 'group' && <span className="person-extra"> group</span>}
        </p>
        <p className="person-extra">{words}</p>
      </div>
      {onRole === undefined ? (
        <span className="badge">{GRANT_ROLE_WORDS[role].name}</span>
      ) : (
        <span className="rule-controls">
          <GrantRoleSelect
            label={`Role of ${name} in ${placeWords(folder)}`}
            roles={folder === '' ? ROOT_ROLES : FOLDER_ROLES}
            value={role}
            isDisabled={isBusy}
            onChange={onRole}
          />
          <IconButton
            icon="close"
            label={`Take the role of ${name} in ${placeWords(folder)} away`}
            disabled={isBusy}
            onClick={() => onRole(null)}
          />
        </span>
      )}
    </li>
  );
}
