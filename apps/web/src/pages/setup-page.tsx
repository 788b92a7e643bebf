/** Makes the first administrator, with the one-time token that stands behind the `#` of the set-up link. */
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { setUp } from '../api/accounts-api.ts';
import { ApiProblem } from '../api/api-problem.ts';
import { ProblemLine } from '../components/problem-note.tsx';
import { Door } from '../components/shell/door.tsx';
import { isLongEnough, NewPasswordField } from '../components/shell/new-password-field.tsx';
import { useLinkToken } from '../components/shell/use-link-token.ts';
import { UsernameField } from '../components/shell/username-field.tsx';
import { useSubmit } from '../components/use-submit.ts';
import { useTitle } from '../components/use-title.ts';
import { useNetStore } from '../net-store.ts';

export function SetupPage() {
  useTitle('Set up');
  const token = useLinkToken();
  if (token === '') {
    return (
      <Door
        title="Set-up link needed"
        text="The set-up page works only with the one-time link that NetStore prints in its terminal at the first start."
      >
        <Link className="button button-wide" to="/">
          Go to sign-in
        </Link>
      </Door>
    );
  }
  return <SetupForm token={token} />;
}

function SetupForm({ token }: { readonly token: string }) {
  const { client } = useNetStore();
  const navigate = useNavigate();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { submit, isBusy, problem } = useSubmit(async () => {
    await setUp(client, { token, username, password });
    await navigate('/', { replace: true });
  });
  return (
    <Door title="Welcome to NetStore" text="Make the first administrator of this cluster.">
      <form className="form" onSubmit={submit}>
        <UsernameField
          value={username}
          onChange={setUsername}
          hint={`Your files will be in the space home-${username === '' ? '…' : username}.`}
        />
        <NewPasswordField value={password} onChange={setPassword} />
        {problem !== undefined && <ProblemLine problem={problem} />}
        {problem instanceof ApiProblem && problem.code === 'NS_ALREADY_SET_UP' && <Link to="/">Go to sign-in</Link>}
        <button type="submit" className="button button-primary button-wide" disabled={isBusy || !isLongEnough(password)}>
          {isBusy ? 'Setting up…' : 'Set up'}
        </button>
      </form>
    </Door>
  );
}
