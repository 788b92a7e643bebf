import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Cluster, startCluster } from '../support/cluster.ts';
import { needs } from '../support/needs.ts';
import { totpNow } from '../support/totp.ts';
import { hasBrowser, openSignedIn, openVisit, startBrowser, type Visit } from './visit.ts';

const PASSWORD = 'a compiler for everyone';

describe('people and accounts in the browser', () => {
  let cluster: Cluster;
  let browser: Browser;
  let admin: Visit;

  beforeAll(async () => {
    if (!hasBrowser) return;
    cluster = await startCluster();
    browser = await startBrowser();
    admin = await openSignedIn(browser, cluster);
  });
  afterAll(async () => {
    await admin?.[Symbol.asyncDispose]();
    await browser?.close();
    await cluster?.[Symbol.asyncDispose]();
  });
  beforeEach((context) => needs(context, 'Chromium', hasBrowser));

  const person = (name: string): Locator =>
    admin.page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ hasText: name });

  async function choose(name: string, action: string): Promise<void> {
    await admin.page.getByRole('button', { name: `Actions for ${name}` }).click();
    await admin.page.getByRole('menuitem', { name: action }).click();
  }

  async function invite(name: string): Promise<string> {
    const { page } = admin;
    await page.goto('/people');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('User name').fill(name);
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByLabel('Link').inputValue();
    await page.getByRole('button', { name: 'Done' }).click();
    return link;
  }

  /** A visit of somebody who followed an invitation. */
  async function join(name: string): Promise<Visit> {
    const link = await invite(name);
    const visit = await openVisit(browser, cluster.url);
    await visit.page.goto(link);
    await visit.page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await visit.page.getByRole('button', { name: 'Join' }).click();
    await visit.page.getByRole('heading', { name: `home-${name}` }).waitFor();
    return visit;
  }

  test('an invitation leads a guest to files of their own, once, and leaves no token behind', async () => {
    const link = await invite('ada');
    await admin.page.getByText('Open invitations').waitFor();
    await using guest = await openVisit(browser, cluster.url);
    const { page } = guest;
    await page.goto(link);
    await page.getByText(`${Cluster.admin.username} has invited you as ada.`).waitFor();
    expect(page.url()).not.toContain('token');
    await page.getByRole('textbox', { name: 'Password' }).fill('short');
    expect(await page.getByRole('button', { name: 'Join' }).isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'home-ada' }).waitFor();
    expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0);
    await page.goto('/people');
    await page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
    await guest.expectNoComplaints();

    await using late = await openVisit(browser, cluster.url);
    await late.page.goto(link);
    await late.page.getByRole('heading', { name: 'This link does not work' }).waitFor();
    await late.page.getByText('was used already').waitFor();
    await late.expectNoComplaints([401]);
  });

  test('an admin changes roles, disables and enables, and is told why the last admin stays one', async () => {
    await using _guest = await join('bob');
    const { page } = admin;
    await page.goto('/people');
    await choose('bob', 'Change roles');
    await page.getByRole('checkbox', { name: /^Auditor/ }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await person('bob').getByText('Auditor').waitFor();
    await choose('bob', 'Disable');
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await person('bob').getByText('Disabled').waitFor();
    await choose('bob', 'Enable');
    await person('bob').getByText('Disabled').waitFor({ state: 'detached' });

    await choose(Cluster.admin.username, 'Disable');
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('alert').getByText('last admin').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox', { name: 'Find by name' }).fill('nobody-of-that-name');
    await page.getByText('Nobody has such a name.').waitFor();
    expect(admin.refusals.splice(0)).toEqual([409]);
    await admin.expectNoComplaints();
  });

  test('a link for a new password lets its owner in again', async () => {
    await using guest = await join('cy');
    await admin.page.goto('/people');
    await choose('cy', 'Link for a new password');
    await admin.page.getByRole('button', { name: 'Make the link' }).click();
    const link = await admin.page.getByLabel('Link').inputValue();
    const { page } = guest;
    await page.goto(link);
    await page.getByRole('textbox', { name: 'New password' }).fill('another one altogether');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByRole('link', { name: 'Go to sign-in' }).click();
    await fillSignIn(page, 'cy', 'another one altogether');
    await page.getByRole('heading', { name: 'home-cy' }).waitFor();
  });

  test('a second factor is turned on, asked for, replaced by a recovery code, and turned off', async () => {
    await using guest = await join('dora');
    const { page } = guest;
    await page.getByRole('link', { name: 'dora (account)' }).click();
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Go on' }).click();
    const secret = (await page.getByRole('textbox', { name: 'Key', exact: true }).inputValue()).replaceAll(' ', '');
    expect(await page.getByRole('link', { name: /authenticator app/ }).getAttribute('href')).toContain(`secret=${secret}`);
    await page.getByLabel('Code').fill('000000');
    await page.getByRole('dialog').getByRole('button', { name: 'Turn on' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Code').fill(totpNow(secret));
    await page.getByRole('dialog').getByRole('button', { name: 'Turn on' }).click();
    const [first = '', second = ''] = (await page.getByLabel('Recovery codes').inputValue()).split('\n');
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('10 of 10 recovery codes are left').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await fillSignIn(page, 'dora', PASSWORD);
    await page.getByLabel('Code').fill(first);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('9 of 10 recovery codes are left').waitFor();
    await page.getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.getByLabel('Code').fill(second);
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('button', { name: 'Turn on' }).waitFor();
    await guest.expectNoComplaints([401, 401]);
  });

  test('sessions are listed and ended, and a changed password ends the others', async () => {
    await using guest = await join('eve');
    const { page } = guest;
    await using other = await openVisit(browser, cluster.url);
    await other.page.goto('/');
    await fillSignIn(other.page, 'eve', PASSWORD);
    await other.page.getByRole('heading', { name: 'home-eve' }).waitFor();
    await page.goto('/account');
    await page.getByText('This one').waitFor();
    await page.getByRole('button', { name: /^End the session of Chrome on/ }).click();
    await page.getByText('The session has ended.').waitFor();
    await other.page.reload();
    await other.page.getByRole('button', { name: 'Sign in' }).waitFor();

    await page.getByRole('textbox', { name: 'Present password' }).fill('not this one');
    await page.getByRole('textbox', { name: 'New password' }).fill('another one altogether');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByRole('alert').getByText('wrong').waitFor();
    await page.getByRole('textbox', { name: 'Present password' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('The password is changed').waitFor();
    await guest.expectNoComplaints([401]);
  });

  test('a key for a program is made, shown once, works within its folder, and is ended', async () => {
    const { page } = admin;
    await admin.beginAgain();
    await page.goto('/account');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Nightly backup');
    await page.getByRole('textbox', { name: 'Folder' }).fill('/backups/');
    await page.getByRole('checkbox', { name: 'Add' }).check();
    await page.getByRole('textbox', { name: 'Your password' }).fill(Cluster.admin.password);
    await page.getByRole('button', { name: 'Make the key' }).click();
    const key = await page.getByRole('textbox', { name: 'Key', exact: true }).inputValue();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    const row = page.getByRole('region', { name: 'API keys' }).getByRole('listitem').filter({ hasText: 'Nightly backup' });
    await row.getByText('May read, add in home-admin / backups').waitFor();
    await row.getByText('never used, expires in 89 days').waitFor();
    expect(await page.content()).not.toContain(key);

    const space = `${cluster.url}/api/v1/spaces/home-admin/files`;
    const put = async (path: string): Promise<number> =>
      (await fetch(`${space}/${path}`, { method: 'PUT', body: 'x', headers: { authorization: `Bearer ${key}` } })).status;
    expect([await put('backups/one.txt'), await put('elsewhere.txt')]).toEqual([201, 404]);
    await page.reload();
    await row.getByText('used just now').waitFor();
    await row.getByRole('button', { name: 'End the key Nightly backup' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await row.waitFor({ state: 'detached' });
    await expect.poll(() => put('backups/two.txt'), { timeout: 5_000 }).toBe(401);
    await admin.expectNoComplaints();
  });

  test('an admin ends a key of somebody else', async () => {
    await using _guest = await join('finn');
    const { page } = admin;
    const token = await cluster.signIn({ username: 'finn', password: PASSWORD });
    const made = await fetch(`${cluster.url}/api/v1/me/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'left behind', verbs: ['read'], password: PASSWORD }),
    });
    expect(made.status).toBe(201);
    await page.goto('/people');
    await choose('finn', 'API keys');
    await page.getByRole('dialog').getByText('May read in all spaces').waitFor();
    await page.getByRole('button', { name: 'End the key left behind' }).click();
    await page.getByRole('dialog', { name: 'End the key left behind?' }).getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('dialog', { name: 'API keys of finn' }).getByText('There are none.').waitFor();
    await admin.expectNoComplaints();
  });

  test('whoever is deleted leaves the space to somebody', async () => {
    await using _guest = await join('fay');
    const { page } = admin;
    await page.goto('/people');
    await choose('fay', 'Delete');
    const owner = page.getByLabel('New owner');
    await owner.fill('no-such-user');
    const remove = page.getByRole('dialog').getByRole('button', { name: 'Delete' });
    expect(await remove.isDisabled()).toBe(true);
    await owner.fill(Cluster.admin.username);
    await page.getByText(`The spaces go to ${Cluster.admin.username}.`).waitFor();
    await remove.click();
    await person('fay').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'home-fay' }).click();
    await page.getByRole('heading', { name: 'home-fay' }).waitFor();
    await admin.expectNoComplaints();
  });
});

async function fillSignIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
