/** The members of a space and the rules of its folders, with what may be done about them. */
import type { Grant, GrantList, GrantRole, Me, SpaceDetail } from '@netstore/shared-types';
import { useState } from 'react';
import { AskDialog } from '../ask-dialog.tsx';
import { GiveRoleDialog } from './give-role-dialog.tsx';
import { FolderRuleLists, MemberList } from './rule-lists.tsx';
import { useRules } from './use-rules.ts';

interface SpaceRulesProps {
  readonly me: Me;
  readonly space: SpaceDetail;
  readonly list: GrantList;
  readonly canChange: boolean;
}

type Asked =
  | { readonly kind: 'give'; readonly where: 'space' | 'folder' }
  | { readonly kind: 'step-down'; readonly grant: Grant; readonly role: GrantRole | null };

export function SpaceRules({ me, space, list, canChange }: SpaceRulesProps) {
  const rules = useRules(space.name);
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  const change = (grant: Grant, role: GrantRole | null): void => {
    if (isSteppingDown(grant, { me, owner: list.owner })) setAsked({ kind: 'step-down', grant, role });
    else void rules.change(grant, role);
  };
  const give = async (grant: Grant): Promise<void> => {
    await rules.give(grant);
    close();
  };
  const rows = { list, isBusy: rules.isBusy, onRole: canChange ? change : undefined };
  const hasFolderRules = list.grants.some(({ folder }) => folder !== '');
  return (
    <>
      <section aria-labelledby="members-title">
        <SectionHead
          id="members-title"
          title="In the whole space"
          label="Add"
          onAdd={canChange ? () => setAsked({ kind: 'give', where: 'space' }) : undefined}
        />
        <MemberList {...rows} />
      </section>
      <section aria-labelledby="rules-title">
        <SectionHead
          id="rules-title"
          title="In single folders"
          label="New rule"
          onAdd={canChange ? () => setAsked({ kind: 'give', where: 'folder' }) : undefined}
        />
        <p className="section-text">
          The nearest rule, from a file upwards, decides. At one folder a person’s own rule comes before those of groups, and of several
          groups the highest role counts. Managers are never narrowed.
        </p>
        {hasFolderRules ? <FolderRuleLists {...rows} /> : <p className="people-none">No folder differs from the whole space.</p>}
      </section>
      {asked?.kind === 'give' && (
        <GiveRoleDialog space={space.name} where={asked.where} canWalk={space.role !== null} onGive={give} onClose={close} />
      )}
      {asked?.kind === 'step-down' && (
        <AskDialog
          title="Step down as manager?"
          submitLabel="Step down"
          isDangerous
          action={async () => {
            close();
            await rules.change(asked.grant, asked.role);
          }}
          onClose={close}
        >
          <p className="dialog-text">
            You will not look after the members of <strong>{space.name}</strong> any more, and cannot take that back yourself.
          </p>
        </AskDialog>
      )}
    </>
  );
}

interface SectionHeadProps {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly onAdd: (() => void) | undefined;
}

function SectionHead({ id, title, label, onAdd }: SectionHeadProps) {
  return (
    <div className="section-head">
      <h2 id={id} className="section-title">
        {title}
      </h2>
      {onAdd !== undefined && (
        <button type="button" className="button button-small" onClick={onAdd}>
          {label}
        </button>
      )}
    </div>
  );
}

/** Whoever takes the only reason away by which they look after a space cannot give it back. */
function isSteppingDown({ folder, subject, role }: Grant, { me, owner }: { readonly me: Me; readonly owner: string }): boolean {
  const isOwnRole = subject.kind === 'user' && subject.name === me.user.username && folder === '' && role === 'manager';
  return isOwnRole && owner !== me.user.username && !me.roles.includes('admin');
}
