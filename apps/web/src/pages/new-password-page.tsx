/** Where a link for a new password leads. It signs nobody in: a second factor may still be needed. */
import type { PasswordResetOffer } from '@netstore/shared-types';
import { useState } from 'react';
import { Link } from 'react-router';
import { acceptPasswordReset, lookUpPasswordReset } from '../api/people-api.ts';
import { ProblemLine } from '../components/problem-note.tsx';
import { Door } from '../components/shell/door.tsx';
import { isLongEnough, NewPasswordField } from '../components/shell/new-password-field.tsx';
import { useSubmit } from '../components/use-submit.ts';
import { useTitle } from '../components/use-title.ts';
import { LinkPage } from './link-page.tsx';

export function NewPasswordPage() {
  useTitle('New password');
  return (
    <LinkPage what="offer of a new password" lookUp={lookUpPasswordReset}>
      {(token, offer) => <NewPasswordForm token={token} offer={offer} />}
    </LinkPage>
  );
}

function NewPasswordForm({ token, offer }: { readonly token: string; readonly offer: PasswordResetOffer }) {
  const [password, setPassword] = useState('');
  const [isDone, setIsDone] = useState(false);
  const { submit, isBusy, problem } = useSubmit(async () => {
    await acceptPasswordReset({ token, password });
    setIsDone(true);
  });
  if (isDone) {
    return (
      <Door title="The password is set" text="All sessions of this account have ended. Sign in with the new password.">
        <Link className="button button-primary button-wide" to="/">
          Go to sign-in
        </Link>
      </Door>
    );
  }
  return (
    <Door title="New password" text={`For the account ${offer.username}.`}>
      <form className="form" onSubmit={submit}>
        <input
          className="visually-hidden"
          name="username"
          autoComplete="username"
          tabIndex={-1}
          aria-hidden="true"
          readOnly
          value={offer.username}
        />
        <NewPasswordField value={password} onChange={setPassword} label="New password" />
        {problem !== undefined && <ProblemLine problem={problem} />}
        <button type="submit" className="button button-primary button-wide" disabled={isBusy || !isLongEnough(password)}>
          {isBusy ? 'Setting…' : 'Set password'}
        </button>
      </form>
    </Door>
  );
}
