import type { ClusterRole } from '@netstore/shared-types';
import { useId } from 'react';
import { ROLE_WORDS, ROLES } from './role-words.ts';

interface RoleChoiceProps {
  readonly roles: readonly ClusterRole[];
  readonly onChange: (roles: readonly ClusterRole[]) => void;
}

export function RoleChoice({ roles, onChange }: RoleChoiceProps) {
  const id = useId();
  const toggle = (role: ClusterRole): void => onChange(ROLES.filter((each) => roles.includes(each) !== (each === role)));
  return (
    <fieldset className="role-choice">
      <legend className="field-label">Roles</legend>
      {ROLES.map((role) => (
        <label key={role} className="role-choice-item" htmlFor={`${id}-${role}`}>
          <input id={`${id}-${role}`} type="checkbox" className="checkbox" checked={roles.includes(role)} onChange={() => toggle(role)} />
          <span>
            {ROLE_WORDS[role].name}
            <small>{ROLE_WORDS[role].text}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
