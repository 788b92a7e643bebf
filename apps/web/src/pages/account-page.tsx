/** What everybody looks after themselves: the password, the second factor, where they are signed in, and keys for programs. */
import type { Me } from '@netstore/shared-types';
import { KeysCard } from '../components/account/keys-card.tsx';
import { PasswordCard } from '../components/account/password-card.tsx';
import { SecondFactorCard } from '../components/account/second-factor-card.tsx';
import { SessionsCard } from '../components/account/sessions-card.tsx';
import { StorageCard } from '../components/account/storage-card.tsx';
import { ROLE_WORDS } from '../components/people/role-words.ts';
import { Page } from '../components/shell/page.tsx';

export function AccountPage({ me }: { readonly me: Me }) {
  return (
    <Page
      name="Account"
      beside={
        <p className="page-hint">
          Signed in as {me.user.username} ({me.roles.map((role) => ROLE_WORDS[role].name.toLowerCase()).join(', ')})
        </p>
      }
    >
      <div className="page-body cards">
        <StorageCard />
        <PasswordCard />
        <SecondFactorCard />
        <SessionsCard />
        <KeysCard spaces={me.spaces} />
      </div>
    </Page>
  );
}
