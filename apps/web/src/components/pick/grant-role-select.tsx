import type { GrantRole } from '@netstore/shared-types';
import { GRANT_ROLE_WORDS } from '../rights/right-words.ts';

interface GrantRoleSelectProps {
  /** Whose role it is, and where. */
  readonly label: string;
  readonly roles: readonly GrantRole[];
  readonly value: GrantRole;
  readonly isDisabled: boolean;
  readonly onChange: (role: GrantRole) => void;
}

/** One role, changed in its row. */
export function GrantRoleSelect({ label, roles, value, isDisabled, onChange }: GrantRoleSelectProps) {
  return (
    <select
      className="field field-small"
      aria-label={label}
      value={value}
      disabled={isDisabled}
      onChange={(event) => onChange(event.target.value as GrantRole)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {GRANT_ROLE_WORDS[role].name}
        </option>
      ))}
    </select>
  );
}
