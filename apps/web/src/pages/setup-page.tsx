/** Makes the first administrator, with the one-time token that stands behind the `#` of the set-up link. */
import { type FormEvent, useEffect, useId, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { setUp } from '../api/accounts-api.ts';
import { ApiProblem } from '../api/api-problem.ts';
import { ProblemLine } from '../components/problem-note.tsx';
import { Door } from '../components/shell/door.tsx';
import { PasswordField } from '../components/shell/password-field.tsx';
import { useTitle } from '../components/use-title.ts';
import { useNetStore } from '../net-store.ts';

const USERNAME_PATTERN = '[a-z0-9](?:[a-z0-9._\\-]{0,30}[a-z0-9])?';
const PASSWORD_LENGTH_MIN = 12;

export function SetupPage() {
  useTitle('Set up');
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '');
  // The token must not stay in the address, where histories and screenshots keep it.
  useEffect(() => {
    if (token !== '') window.history.replaceState(window.history.state, '', '/setup');
  }, [token]);
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
  const [problem, setProblem] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const [usernameId, hintId] = [useId(), useId()];
  const isLongEnough = [...password.normalize('NFC')].length >= PASSWORD_LENGTH_MIN;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    setProblem(undefined);
    try {
      await setUp(client, { token, username, password });
      await navigate('/', { replace: true });
    } catch (thrown) {
      setProblem(thrown);
      setIsBusy(false);
    }
  };
  return (
    <Door title="Welcome to NetStore" text="Make the first administrator of this cluster.">
      <form className="form" onSubmit={submit}>
        <div className="field-group">
          <label className="field-label" htmlFor={usernameId}>
            User name
          </label>
          <input
            id={usernameId}
            className="field"
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            pattern={USERNAME_PATTERN}
            title="1 to 32 characters: a to z, 0 to 9, and inside also dots, underscores and hyphens"
            // biome-ignore lint/a11y/noAutofocus: the page has no other purpose than this form.
            autoFocus
            aria-describedby={hintId}
            value={username}
            onChange={(event) => setUsername(event.target.value.toLowerCase())}
          />
          <p id={hintId} className="field-hint">
            Your files will be in the space home-{username === '' ? '…' : username}.
          </p>
        </div>
        <PasswordField
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          hint={isLongEnough ? 'Long enough.' : `At least ${PASSWORD_LENGTH_MIN} characters. A few words are good.`}
        />
        {problem !== undefined && <ProblemLine problem={problem} />}
        {problem instanceof ApiProblem && problem.code === 'NS_ALREADY_SET_UP' && <Link to="/">Go to sign-in</Link>}
        <button type="submit" className="button button-primary button-wide" disabled={isBusy || !isLongEnough}>
          {isBusy ? 'Setting up…' : 'Set up'}
        </button>
      </form>
    </Door>
  );
}
