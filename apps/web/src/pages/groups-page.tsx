/** Groups: people who are given roles as one. Admins change them; auditors look. */
import type { GroupSummary, Me } from '@netstore/shared-types';
import { useState } from 'react';
import { Link } from 'react-router';
import { DeleteGroupDialog, NewGroupDialog, RenameGroupDialog } from '../components/groups/group-dialogs.tsx';
import { useGroupChanges, useGroups } from '../components/groups/use-groups.ts';
import { Icon } from '../components/icon.tsx';
import { ListSkeleton } from '../components/list/list-skeleton.tsx';
import { MoreButton } from '../components/list/more-button.tsx';
import { Menu } from '../components/menu.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { Page } from '../components/shell/page.tsx';
import { SubjectMark } from '../components/subject-mark.tsx';
import { formatCount } from '../format/size.ts';
import { useNetStore } from '../net-store.ts';

type Asked = { readonly kind: 'new' } | { readonly kind: 'rename' | 'delete'; readonly group: string };

export function GroupsPage({ me }: { readonly me: Me }) {
  const { notices } = useNetStore();
  const renew = useGroupChanges();
  const [asked, setAsked] = useState<Asked>();
  const isAdmin = me.roles.includes('admin');
  const close = (): void => setAsked(undefined);
  const done = (words: string): void => {
    close();
    notices.done(words);
    renew();
  };
  return (
    <Page
      name="Groups"
      beside={
        <div className="toolbar">
          <Link className="button" to="/people">
            People
          </Link>
          {isAdmin && (
            <button type="button" className="button button-primary" onClick={() => setAsked({ kind: 'new' })}>
              New group
            </button>
          )}
        </div>
      }
    >
      <div className="page-body">
        <GroupList onAsk={isAdmin ? setAsked : undefined} />
      </div>
      {asked?.kind === 'new' && <NewGroupDialog onDone={done} onClose={close} />}
      {asked?.kind === 'rename' && <RenameGroupDialog group={asked.group} onDone={done} onClose={close} />}
      {asked?.kind === 'delete' && <DeleteGroupDialog group={asked.group} onDone={done} onClose={close} />}
    </Page>
  );
}

/** `onAsk` is missing for those who may only look. */
function GroupList({ onAsk }: { readonly onAsk: ((asked: Asked) => void) | undefined }) {
  const groups = useGroups();
  if (groups.isLoading) return <ListSkeleton />;
  if (groups.problem !== null) return <ProblemNote title="The list could not be loaded" problem={groups.problem} onRetry={groups.reload} />;
  if (groups.entries.length === 0) return <p className="people-none">There are no groups yet. A group is given roles in spaces as one.</p>;
  return (
    <>
      <ul className="people" aria-label="Groups">
        {groups.entries.map((group) => (
          <GroupRow key={group.name} group={group} onAsk={onAsk} />
        ))}
      </ul>
      <MoreButton loaded={groups} />
    </>
  );
}

interface GroupRowProps {
  readonly group: GroupSummary;
  readonly onAsk: ((asked: Asked) => void) | undefined;
}

function GroupRow({ group: { name, members }, onAsk }: GroupRowProps) {
  return (
    <li className="person">
      <SubjectMark kind="group" name={name} />
      <div className="person-text">
        <p className="person-name">
          <Link className="row-link" to={`/groups/${encodeURIComponent(name)}`}>
            <bdi>{name}</bdi>
          </Link>
        </p>
        <p className="person-extra">{formatCount(members, 'member')}</p>
      </div>
      {onAsk !== undefined && (
        <Menu
          label={`Actions for ${name}`}
          className="icon-button"
          items={[
            { label: 'Rename…', icon: 'rename', onSelect: () => onAsk({ kind: 'rename', group: name }) },
            { label: 'Delete…', icon: 'trash', isDangerous: true, onSelect: () => onAsk({ kind: 'delete', group: name }) },
          ]}
        >
          <Icon name="more" />
        </Menu>
      )}
    </li>
  );
}
