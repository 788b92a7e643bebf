import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { fetchSetupState, signIn } from '../api/accounts-api.ts';
import { ApiProblem } from '../api/api-problem.ts';
import { ProblemLine } from '../components/problem-note.tsx';
import { CodeField } from '../components/shell/code-field.tsx';
import { Door } from '../components/shell/door.tsx';
import { PasswordField } from '../components/shell/password-field.tsx';
import { useSubmit } from '../components/use-submit.ts';
import { useTitle } from '../components/use-title.ts';
import { useNetStore } from '../net-store.ts';

/** Asks who is there. After it, the page goes on where it was. */
export function SignInPage({ hasExpired }: { readonly hasExpired: boolean }) {
  useTitle('Sign in');
  const { client } = useNetStore();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string>();
  const usernameId = useId();
  const { submit, isBusy, problem } = useSubmit(async () => {
    try {
      await signIn(client, { username: username.trim(), password, ...(code === undefined ? {} : { code: code.trim() }) });
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem) || thrown.code !== 'NS_SECOND_FACTOR_REQUIRED') throw thrown;
      // No complaint: the next step.
      setCode('');
    }
  });
  return (
    <Door title="Sign in" text={hasExpired ? 'Your session has ended. Sign in to go on where you were.' : undefined}>
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
            // biome-ignore lint/a11y/noAutofocus: the page has no other purpose than this form.
            autoFocus
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        </div>
        <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
        {code !== undefined && <CodeField value={code} onChange={setCode} takesRecoveryCode />}
        {problem !== undefined && <ProblemLine problem={problem} />}
        <button type="submit" className="button button-primary button-wide" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      <SetupHint />
    </Door>
  );
}

/** Shown only to those who came here before there was anybody to sign in as. */
function SetupHint() {
  const { data } = useQuery({ queryKey: ['setup'], queryFn: ({ signal }) => fetchSetupState(signal), retry: false });
  if (data?.isNeeded !== true) return null;
  return <p className="door-foot">NetStore is not set up yet. Open the set-up link that it printed in its terminal.</p>;
}
