import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { needs } from '../support/needs.ts';
import { hasBrowser, openVisit, startBrowser } from './visit.ts';

const USERNAME = 'grace';
const PASSWORD = 'a compiler for everyone';

describe('accounts in the browser', () => {
  let cluster: Cluster;
  let browser: Browser;

  beforeAll(async () => {
    if (!hasBrowser) return;
    // No administrator by environment: the way in is the link that the launcher prints.
    cluster = await startCluster({ env: { NETSTORE_ADMIN_USERNAME: '', NETSTORE_ADMIN_PASSWORD: '' } });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await cluster?.[Symbol.asyncDispose]();
  });
  beforeEach((context) => needs(context, 'Chromium', hasBrowser));

  test('the sign-in page says where the way in is as long as nobody is there', async () => {
    await using visit = await openVisit(browser, cluster.url);
    await visit.page.goto('/');
    await visit.page.getByText('NetStore is not set up yet').waitFor();
    await visit.expectNoComplaints();
  });

  test('the set-up page without its token explains itself', async () => {
    await using visit = await openVisit(browser, cluster.url);
    await visit.page.goto('/setup');
    await visit.page.getByRole('heading', { name: 'Set-up link needed' }).waitFor();
    await visit.expectNoComplaints();
  });

  test('a wrong token is refused in plain words', async () => {
    await using visit = await openVisit(browser, cluster.url);
    await fillSetup(visit.page, '/setup#token=wrong');
    await visit.page.getByRole('alert').waitFor();
    await visit.expectNoComplaints([401]);
  });

  test('the printed link makes the first administrator, forgets its token and leads to their files', async () => {
    await using visit = await openVisit(browser, cluster.url);
    const link = /http:\S+\/setup#token=\S+/.exec(cluster.log)?.[0] ?? '';
    const { page } = visit;
    await fillSetup(page, link);
    await page.getByRole('heading', { name: `home-${USERNAME}` }).waitFor();
    await page.getByText('This folder is empty').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/spaces/home-${USERNAME}`);
    await page.goBack();
    expect(page.url()).not.toContain('token');
    await visit.expectNoComplaints();
  });

  test('a session outlives a reload without a token in any storage, and ends in all tabs at once', async () => {
    await using visit = await openVisit(browser, cluster.url);
    const { page } = visit;
    await page.goto('/cluster');
    await page.getByLabel('User name').fill(USERNAME);
    await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    // Whoever signs in goes on where they wanted to be.
    await page.getByRole('heading', { name: 'Cluster', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Cluster', level: 1 }).waitFor();
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    expect(stored).toBe('[{"netstore-session":"1"},{},""]');

    const second = await page.context().newPage();
    await second.goto('/');
    await second.getByRole('heading', { name: `home-${USERNAME}` }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await second.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await visit.expectNoComplaints([401]);
  });

  test('a token that is refused is renewed without a word, and where that fails the way back in leads to the same place', async () => {
    await using visit = await openVisit(browser, cluster.url);
    const { page } = visit;
    await page.goto('/cluster');
    await enter(page);
    await page.getByRole('heading', { name: 'Cluster', level: 1 }).waitFor();
    const refused = {
      status: 401,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'NS_UNAUTHENTICATED', detail: 'Too old.' }),
    };
    await page.route('**/api/v1/spaces/**', (route) => route.fulfill(refused), { times: 1 });
    await page.getByRole('link', { name: `home-${USERNAME}` }).click();
    await page.getByText('This folder is empty').waitFor();

    await page.context().clearCookies();
    await page.route('**/api/v1/cluster', (route) => route.fulfill(refused), { times: 1 });
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByText('Your session has ended. Sign in to go on where you were.').waitFor();
    await enter(page);
    await page.getByRole('heading', { name: 'Cluster', level: 1 }).waitFor();
    await visit.expectNoComplaints([401, 401, 401]);
  });

  test('an address that names nothing says so', async () => {
    await using visit = await openVisit(browser, cluster.url);
    const { page } = visit;
    await page.goto('/spaces/home-somebody-else');
    await enter(page);
    await page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
    await visit.expectNoComplaints();
  });
});

async function fillSetup(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('User name').fill(USERNAME);
  await page.getByRole('textbox', { name: 'Password' }).fill('short');
  expect(await page.getByRole('button', { name: 'Set up' }).isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Set up' }).click();
}

async function enter(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(USERNAME);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
