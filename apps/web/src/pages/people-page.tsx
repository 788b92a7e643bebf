/** Who has an account here. Admins change that; auditors look. */
import type { Me, User } from '@netstore/shared-types';
import { useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { Link } from 'react-router';
import { DeletePersonDialog } from '../components/people/delete-person-dialog.tsx';
import { InvitationList } from '../components/people/invitation-list.tsx';
import { InviteDialog } from '../components/people/invite-dialog.tsx';
import { PeopleList } from '../components/people/people-list.tsx';
import { DisableDialog, PasswordLinkDialog, RolesDialog, SecondFactorDialog } from '../components/people/person-dialogs.tsx';
import { PersonKeysDialog } from '../components/people/person-keys-dialog.tsx';
import { PersonQuotaDialog } from '../components/people/person-quota-dialog.tsx';
import type { PersonAction } from '../components/people/person-row.tsx';
import { usePeople } from '../components/people/use-people.ts';
import { Page } from '../components/shell/page.tsx';
import { useNetStore } from '../net-store.ts';

type Asked = { readonly person: User; readonly action: PersonAction } | 'invite';

export function PeoplePage({ me }: { readonly me: Me }) {
  const { people: api, notices } = useNetStore();
  const queries = useQueryClient();
  const [search, setSearch] = useState('');
  const people = usePeople(useDeferredValue(search.trim()));
  const [asked, setAsked] = useState<Asked>();
  const isAdmin = me.roles.includes('admin');
  const close = (): void => setAsked(undefined);
  const done = (words: string): void => {
    close();
    notices.done(words);
    void queries.invalidateQueries({ queryKey: ['people'] });
    // Somebody may have done it to themselves, and a deletion gives spaces away.
    void queries.invalidateQueries({ queryKey: ['me'] });
  };
  const enable = async ({ id, username }: User): Promise<void> => {
    try {
      await api.change(id, { isDisabled: false });
      done(`${username} is enabled again.`);
    } catch (thrown) {
      notices.problem(`${username} was not enabled.`, thrown);
    }
  };
  const act = (person: User, action: PersonAction): void => {
    if (action === 'enable') void enable(person);
    else setAsked({ person, action });
  };
  return (
    <Page
      name="People"
      beside={
        <div className="toolbar">
          {!isAdmin && <p className="page-hint">You may look at this page</p>}
          <Link className="button" to="/groups">
            Groups
          </Link>
          {isAdmin && (
            <button type="button" className="button button-primary" onClick={() => setAsked('invite')}>
              Invite
            </button>
          )}
        </div>
      }
    >
      <div className="page-body">
        <InvitationList canRevoke={isAdmin} />
        <input
          type="search"
          className="field people-search"
          aria-label="Find by name"
          placeholder="Find by name"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <PeopleList people={people} ownId={me.user.id} onAction={isAdmin ? act : undefined} />
      </div>
      {asked === 'invite' && <InviteDialog onClose={close} />}
      {asked !== undefined && asked !== 'invite' && <PersonDialog {...asked} ownName={me.user.username} onDone={done} onClose={close} />}
    </Page>
  );
}

interface PersonDialogProps {
  readonly person: User;
  readonly action: PersonAction;
  readonly ownName: string;
  readonly onDone: (words: string) => void;
  readonly onClose: () => void;
}

function PersonDialog({ action, ownName, ...rest }: PersonDialogProps) {
  switch (action) {
    case 'roles':
      return <RolesDialog {...rest} />;
    case 'password':
      return <PasswordLinkDialog {...rest} />;
    case 'second-factor':
      return <SecondFactorDialog {...rest} />;
    case 'quota':
      return <PersonQuotaDialog {...rest} />;
    case 'keys':
      return <PersonKeysDialog {...rest} />;
    case 'disable':
      return <DisableDialog {...rest} />;
    case 'delete':
      return <DeletePersonDialog {...rest} ownName={ownName} />;
    case 'enable':
      return null;
  }
}
