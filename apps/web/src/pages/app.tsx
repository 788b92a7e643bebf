/** Which page an address and the state of the session lead to. */
import type { Me } from '@netstore/shared-types';
import { type RefObject, useEffect, useRef } from 'react';
import { Navigate, Route, Routes, useParams } from 'react-router';
import { homeSpace } from '../api/home-space.ts';
import { useObservable } from '../api/observable.ts';
import { seesPeople } from '../api/sees-people.ts';
import { useMe } from '../api/use-me.ts';
import { Brand } from '../components/brand.tsx';
import { EntryClash } from '../components/dialogs/entry-clash.tsx';
import { NoticeList } from '../components/notice-list.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { AppShell } from '../components/shell/app-shell.tsx';
import { Door } from '../components/shell/door.tsx';
import { folderAddress } from '../names/path.ts';
import { useNetStore } from '../net-store.ts';
import { UploadTray } from '../uploads/upload-tray.tsx';
import { AccountPage } from './account-page.tsx';
import { AuditPage } from './audit-page.tsx';
import { ClusterPage } from './cluster-page.tsx';
import { GroupPage } from './group-page.tsx';
import { GroupsPage } from './groups-page.tsx';
import { InvitationPage } from './invitation-page.tsx';
import { LinksPage } from './links-page.tsx';
import { MembersPage } from './members-page.tsx';
import { NewPasswordPage } from './new-password-page.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { PeoplePage } from './people-page.tsx';
import { SetupPage } from './setup-page.tsx';
import { SharePage } from './share-page.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { SpacePage } from './space-page.tsx';
import { SpacesPage } from './spaces-page.tsx';
import { TrashPage } from './trash-page.tsx';

export function App() {
  return (
    <>
      <Routes>
        <Route path="/setup" element={<SetupPage />} />
        <Route path="/invitation" element={<InvitationPage />} />
        <Route path="/new-password" element={<NewPasswordPage />} />
        <Route path="/s" element={<SharePage />} />
        <Route path="*" element={<SignedInPages />} />
      </Routes>
      <NoticeList />
    </>
  );
}

function SignedInPages() {
  const { client } = useNetStore();
  const lastUserId = useRef<string>(undefined);
  const session = useObservable(client.session.state);
  switch (session.kind) {
    case 'starting':
      return <Starting />;
    case 'unreachable':
      return (
        <Door title="NetStore cannot be reached">
          <ProblemNote title="No answer" problem={session.problem} onRetry={() => void client.session.start()} />
        </Door>
      );
    case 'signed-out':
      return <SignInPage hasExpired={session.hasExpired} />;
    case 'signed-in':
      return <PagesOfUser lastUserId={lastUserId} />;
  }
}

function PagesOfUser({ lastUserId }: { readonly lastUserId: RefObject<string | undefined> }) {
  const me = useMe();
  useForgetOfOthers(me.data, lastUserId);
  if (me.data !== undefined) {
    return (
      <>
        <AppShell me={me.data}>
          <Routes>
            <Route path="/" element={<FirstSpace me={me.data} />} />
            <Route path="/spaces" element={<SpacesPage me={me.data} />} />
            <Route path="/spaces/*" element={<SpacePage me={me.data} />} />
            <Route path="/members/:space" element={<MembersPage me={me.data} />} />
            <Route path="/trash/:space" element={<SpaceTrashPage me={me.data} />} />
            <Route path="/links" element={<LinksPage me={me.data} />} />
            <Route path="/cluster" element={<ClusterPage />} />
            <Route path="/account" element={<AccountPage me={me.data} />} />
            {seesPeople(me.data) && (
              <>
                <Route path="/people" element={<PeoplePage me={me.data} />} />
                <Route path="/groups" element={<GroupsPage me={me.data} />} />
                <Route path="/audit" element={<AuditPage />} />
                <Route path="/groups/:group" element={<GroupPage me={me.data} />} />
              </>
            )}
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </AppShell>
        <UploadTray />
        <EntryClash />
      </>
    );
  }
  if (me.isError) {
    return (
      <Door title="Your account could not be loaded">
        <ProblemNote title="No answer" problem={me.error} onRetry={() => void me.refetch()} />
      </Door>
    );
  }
  return <Starting />;
}

/** For the moment before anything is known; shows itself only when the moment grows long. */
function Starting() {
  return (
    <div className="starting" role="status" aria-label="Loading">
      <Brand />
    </div>
  );
}

function FirstSpace({ me }: { readonly me: Me }) {
  const first = homeSpace(me);
  return first === undefined ? <Navigate to="/spaces" replace /> : <Navigate to={folderAddress(first.name, '')} replace />;
}

function SpaceTrashPage({ me }: { readonly me: Me }) {
  const { space: name } = useParams();
  const space = me.spaces.find((each) => each.name === name);
  if (space === undefined) return <NotFoundPage />;
  const spaces = me.spaces.map((each) => each.name);
  return <TrashPage key={space.name} space={space.name} spaces={spaces} canWriteSomewhere={space.role !== 'viewer'} />;
}

/** When somebody else signs in after a session has expired, nothing of the one before may be left on the page. */
function useForgetOfOthers(me: Me | undefined, lastUserId: RefObject<string | undefined>): void {
  const { notices, queries, uploads } = useNetStore();
  useEffect(() => {
    if (me === undefined) return;
    if (lastUserId.current !== undefined && lastUserId.current !== me.user.id) {
      notices.clear();
      uploads.clear();
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
    }
    lastUserId.current = me.user.id;
  }, [me, lastUserId, notices, queries, uploads]);
}
