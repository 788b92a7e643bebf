/** Where an invitation leads: whoever opens it chooses a password, and a name where none was given, and is signed in. */
import type { InvitationOffer } from '@netstore/shared-types';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { lookUpInvitation } from '../api/people-api.ts';
import { ProblemLine } from '../components/problem-note.tsx';
import { Door } from '../components/shell/door.tsx';
import { isLongEnough, NewPasswordField } from '../components/shell/new-password-field.tsx';
import { UsernameField } from '../components/shell/username-field.tsx';
import { useSubmit } from '../components/use-submit.ts';
import { useTitle } from '../components/use-title.ts';
import { useNetStore } from '../net-store.ts';
import { LinkPage } from './link-page.tsx';

export function InvitationPage() {
  useTitle('Invitation');
  return (
    <LinkPage what="invitation" lookUp={lookUpInvitation}>
      {(token, offer) => <InvitationForm token={token} offer={offer} />}
    </LinkPage>
  );
}

function InvitationForm({ token, offer }: { readonly token: string; readonly offer: InvitationOffer }) {
  const { people } = useNetStore();
  const navigate = useNavigate();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { submit, isBusy, problem } = useSubmit(async () => {
    await people.acceptInvitation({ token, password, ...(offer.username === null ? { username } : {}) });
    await navigate('/', { replace: true });
  });
  return (
    <Door title="Welcome to NetStore" text={`${offer.invitedBy} has invited you${offer.username === null ? '' : ` as ${offer.username}`}.`}>
      <form className="form" onSubmit={submit}>
        {offer.username === null && (
          <UsernameField
            value={username}
            onChange={setUsername}
            hint={`Your files will be in the space home-${username === '' ? '…' : username}.`}
          />
        )}
        <NewPasswordField value={password} onChange={setPassword} />
        {problem !== undefined && <ProblemLine problem={problem} />}
        <button type="submit" className="button button-primary button-wide" disabled={isBusy || !isLongEnough(password)}>
          {isBusy ? 'Joining…' : 'Join'}
        </button>
      </form>
    </Door>
  );
}
