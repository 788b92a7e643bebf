import type { Grant, GrantRole, Subject } from '@netstore/shared-types';
import { useState } from 'react';
import { AskDialog } from '../ask-dialog.tsx';
import { FolderField } from '../pick/folder-field.tsx';
import { GrantRoleField } from '../pick/grant-role-field.tsx';
import { SubjectField } from '../pick/subject-field.tsx';
import { FOLDER_ROLES, ROOT_ROLES } from './right-words.ts';

interface GiveRoleDialogProps {
  readonly space: string;
  /** In the whole space, or in a folder that is asked for. */
  readonly where: 'space' | 'folder';
  /** The folder that is filled in. */
  readonly folder?: string;
  /** Whether the folders of the space can be walked through. */
  readonly canWalk: boolean;
  /** Rejects with the reason to show. */
  readonly onGive: (grant: Grant) => Promise<void>;
  readonly onClose: () => void;
}

/** Gives a person or a group a role. */
export function GiveRoleDialog({ space, where, folder: from = '', canWalk, onGive, onClose }: GiveRoleDialogProps) {
  const [subject, setSubject] = useState<Subject>({ kind: 'user', name: '' });
  const [role, setRole] = useState<GrantRole>('viewer');
  const [typed, setTyped] = useState(from);
  const folder = where === 'space' ? '' : typed.normalize('NFC').replace(/^\/+|\/+$/g, '');
  const name = subject.name.trim();
  return (
    <AskDialog
      title={where === 'space' ? `Add to ${space}` : 'New rule for a folder'}
      submitLabel={where === 'space' ? 'Add' : 'Give'}
      canSubmit={name !== '' && (where === 'space' || folder !== '')}
      action={() => onGive({ folder, subject: { ...subject, name }, role })}
      onClose={onClose}
    >
      <SubjectField value={subject} onChange={setSubject} />
      {where === 'folder' && <FolderField space={space} value={typed} onChange={setTyped} canWalk={canWalk} />}
      <GrantRoleField roles={where === 'space' ? ROOT_ROLES : FOLDER_ROLES} value={role} onChange={setRole} />
    </AskDialog>
  );
}
