/** Sharing by links: made by somebody with an account, used by somebody without one, in a window of their own. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../support/cluster.ts';
import { FileClient } from '../support/file-client.ts';
import { expectSound } from './expect-sound.ts';
import { FolderView } from './folder-view.ts';
import { LOOKS, PHONE } from './looks.ts';
import { oneVisit } from './one-visit.ts';
import { openSignedIn, openVisit, type Visit } from './visit.ts';

const PASSWORD = 'open sesame';

interface Wishes {
  readonly may?: string;
  readonly password?: string;
  readonly downloads?: string;
}

describe('sharing by links in the browser', () => {
  const the = oneVisit();
  let cluster: Cluster;
  let browser: Browser;
  let admin: Visit;
  let files: FileClient;

  beforeAll(async () => {
    ({ cluster, browser, visit: admin } = the);
    if (admin === undefined) return;
    files = new FileClient(cluster.url, await cluster.signIn());
    for (const path of ['Trip/Day one/sea.txt', 'Trip/route.txt', 'Inbox/first.txt', 'letter.txt']) {
      expect((await files.upload({ path, seed: path, sizeBytes: 100 })).status).toBe(201);
    }
  });

  /** Makes a link in the dialog, and gives its address. */
  async function share(name: string, { may = 'See and download', password = '', downloads = '' }: Wishes = {}): Promise<string> {
    const { page } = admin;
    await new FolderView(page).choose(name, 'Share…');
    const dialog = page.getByRole('dialog', { name: `Share ${name}` });
    await dialog.getByLabel('Whoever has the link may').selectOption({ label: may });
    await dialog.getByLabel('Password').fill(password);
    if (downloads !== '') await dialog.getByLabel('Downloads at most').fill(downloads);
    await dialog.getByRole('button', { name: 'Make the link' }).click();
    const address = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
    await dialog.getByRole('button', { name: 'Done' }).click();
    return address;
  }

  async function openGuest(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const visit = await openVisit(browser, cluster.url, options);
    await visit.page.goto(address);
    return visit;
  }

  async function downloaded(page: Page, name: string): Promise<string> {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
    return download.suggestedFilename();
  }

  test('a folder is opened with its password, looked through, and a file of it taken home', async () => {
    const address = await share('Trip', { password: PASSWORD });
    await using guest = await openGuest(address);
    const { page } = guest;
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    expect(page.url()).not.toContain('token');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Trip' }).waitFor();
    await page.getByText('Shared by admin').waitFor();
    await page.getByRole('button', { name: 'Day one' }).click();
    expect(await downloaded(page, 'sea.txt')).toBe('sea.txt');
    await page.getByRole('button', { name: 'Day one' }).click();
    expect(await downloaded(page, 'route.txt')).toBe('route.txt');
    await guest.expectNoComplaints([401, 401]);
  });

  test('a file that may be downloaded once is refused to the next one in plain words', async () => {
    const address = await share('letter.txt', { downloads: '1' });
    {
      await using guest = await openGuest(address);
      await guest.page.getByText('Downloads left when you opened it: 1').waitFor();
      expect(await downloaded(guest.page, 'Download')).toBe('letter.txt');
      await guest.expectNoComplaints();
    }
    await using late = await openGuest(address);
    await late.page.getByRole('heading', { name: 'This link is used up' }).waitFor();
  });

  test('a drop box takes files, shows none, and gives a receipt for each', async () => {
    const address = await share('Inbox', { may: 'Add files, see nothing' });
    await using guest = await openGuest(address, PHONE);
    const { page } = guest;
    await page.getByText(/^admin asks you for files, until .*\. You do not see what is there already\.$/).waitFor();
    await page.getByLabel('Files to upload').setInputFiles([
      { name: 'first.txt', mimeType: 'text/plain', buffer: Buffer.from('mine is another') },
      { name: 'second.txt', mimeType: 'text/plain', buffer: Buffer.from('second') },
    ]);
    await expect.poll(() => page.getByText(/^Received /).count(), { timeout: 20_000 }).toBe(2);
    expect(await page.getByText(/^SHA-256 [0-9a-f]{64}$/).count()).toBe(2);
    await expectSound(page);
    await guest.expectNoComplaints();
    const { entries } = await files.entries('Inbox');
    expect(entries.map(({ name }) => name)).toEqual(['first (2).txt', 'first.txt', 'second.txt']);
  });

  test('a link that is ended in the list is refused to whoever still has it', async () => {
    const address = await share('Trip');
    const { page } = admin;
    await page.getByRole('link', { name: 'Links' }).click();
    const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'home-admin/Trip' }).filter({ hasText: 'Live' });
    await row.first().getByRole('button', { name: 'End the link to home-admin/Trip' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
    await page.getByText('The link has ended.').waitFor();
    await admin.expectNoComplaints();
    await using guest = await openGuest(address);
    await guest.page.getByRole('heading', { name: 'This link has ended' }).waitFor();
  });

  describe.each(LOOKS)('%s', (_look, options) => {
    test('the pages of sharing are sound', async () => {
      const address = await share('Trip', { password: PASSWORD });
      await using visit = await openSignedIn(browser, cluster, options);
      const { page } = visit;
      await new FolderView(page).choose('Trip', 'Share…');
      await page.getByRole('heading', { name: 'Your links to it' }).waitFor();
      await expectSound(page);
      await page.goto('/links');
      await page.getByText('home-admin/Trip').first().waitFor();
      await expectSound(page);
      await using guest = await openGuest(address, options);
      await guest.page.getByRole('heading', { name: 'This link has a password' }).waitFor();
      await expectSound(guest.page);
      await guest.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await guest.page.getByRole('button', { name: 'Open' }).click();
      await guest.page.getByRole('button', { name: 'route.txt' }).waitFor();
      await expectSound(guest.page);
    });
  });
});
