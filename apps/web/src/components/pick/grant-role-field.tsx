import type { GrantRole } from '@netstore/shared-types';
import { useId } from 'react';
import { GRANT_ROLE_WORDS } from '../rights/right-words.ts';

interface GrantRoleFieldProps {
  readonly roles: readonly GrantRole[];
  readonly value: GrantRole;
  readonly onChange: (role: GrantRole) => void;
}

/** One role, each with what it means. */
export function GrantRoleField({ roles, value, onChange }: GrantRoleFieldProps) {
  const id = useId();
  return (
    <fieldset className="role-choice">
      <legend className="field-label">Role</legend>
      {roles.map((role) => (
        <label key={role} className="role-choice-item" htmlFor={`${id}-${role}`}>
          <input
            id={`${id}-${role}`}
            type="radio"
            name={id}
            className="checkbox"
            checked={role === value}
            onChange={() => onChange(role)}
          />
          <span>
            {GRANT_ROLE_WORDS[role].name}
            <small>{GRANT_ROLE_WORDS[role].text}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
