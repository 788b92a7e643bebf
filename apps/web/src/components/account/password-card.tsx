import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { ProblemLine } from '../problem-note.tsx';
import { isLongEnough, NewPasswordField } from '../shell/new-password-field.tsx';
import { PasswordField } from '../shell/password-field.tsx';
import { useSubmit } from '../use-submit.ts';

export function PasswordCard() {
  const { people, notices } = useNetStore();
  const queries = useQueryClient();
  const [oldPassword, setOldPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const { submit, isBusy, problem } = useSubmit(async () => {
    await people.changePassword({ oldPassword, newPassword });
    setOldPassword('');
    setNewPassword('');
    notices.done('The password is changed, and all other sessions have ended.');
    await queries.invalidateQueries({ queryKey: ['own-sessions'] });
  });
  return (
    <section className="card" aria-labelledby="password-title">
      <h2 id="password-title" className="section-title">
        Password
      </h2>
      <form className="form" onSubmit={submit}>
        <PasswordField value={oldPassword} onChange={setOldPassword} autoComplete="current-password" label="Present password" />
        <NewPasswordField value={newPassword} onChange={setNewPassword} label="New password" />
        {problem !== undefined && <ProblemLine problem={problem} />}
        <button type="submit" className="button" disabled={isBusy || oldPassword === '' || !isLongEnough(newPassword)}>
          {isBusy ? 'Changing…' : 'Change password'}
        </button>
      </form>
    </section>
  );
}
