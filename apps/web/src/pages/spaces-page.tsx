/** The spaces one has something in; for admins and auditors, all others as well. */
import type { Me, SpaceDetail } from '@netstore/shared-types';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { seesPeople } from '../api/sees-people.ts';
import { Page } from '../components/shell/page.tsx';
import type { SpaceAction } from '../components/spaces/space-actions.ts';
import { NewSpaceDialog, SpaceDialog } from '../components/spaces/space-dialogs.tsx';
import { SpaceList } from '../components/spaces/space-list.tsx';
import { useSpaceChanges } from '../components/spaces/use-space-changes.ts';
import { useSpaces } from '../components/spaces/use-spaces.ts';
import { membersAddress } from '../names/path.ts';
import { useNetStore } from '../net-store.ts';

type Asked = { readonly space: SpaceDetail; readonly action: SpaceAction } | 'new';
type OnAction = (space: SpaceDetail, action: SpaceAction) => void;

export function SpacesPage({ me }: { readonly me: Me }) {
  const { notices } = useNetStore();
  const navigate = useNavigate();
  const renew = useSpaceChanges();
  const own = useSpaces('own');
  const [asked, setAsked] = useState<Asked>();
  const isAdmin = me.roles.includes('admin');
  const close = (): void => setAsked(undefined);
  const done = (words: string): void => {
    close();
    notices.done(words);
    renew();
  };
  const act: OnAction = (space, action) => setAsked({ space, action });
  return (
    <Page
      name="Spaces"
      beside={
        isAdmin ? (
          <button type="button" className="button button-primary" onClick={() => setAsked('new')}>
            New space
          </button>
        ) : (
          <p className="page-hint">Admins make shared spaces</p>
        )
      }
    >
      <div className="page-body">
        <SpaceList label="Your spaces" me={me} spaces={own} none="Nobody has given you anything yet." onAction={act} />
        {seesPeople(me) && <OtherSpaces me={me} onAction={act} />}
      </div>
      {asked === 'new' && (
        <NewSpaceDialog
          ownName={me.user.username}
          onClose={close}
          onDone={(words, { name }) => {
            done(words);
            void navigate(membersAddress(name));
          }}
        />
      )}
      {asked !== undefined && asked !== 'new' && <SpaceDialog {...asked} onDone={done} onGone={done} onClose={close} />}
    </Page>
  );
}

/** What whoever oversees all spaces has no role in. */
function OtherSpaces({ me, onAction }: { readonly me: Me; readonly onAction: OnAction }) {
  const others = useSpaces('others');
  return (
    <section aria-labelledby="other-spaces-title">
      <h2 id="other-spaces-title" className="section-title">
        Spaces of others
      </h2>
      <p className="section-text">You see that they are there. Their files open only to those who were given a role.</p>
      <SpaceList label="Spaces of others" me={me} spaces={others} none="There are no others." onAction={onAction} />
    </section>
  );
}
