import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { FileClient } from '../support/file-client.ts';
import { needs } from '../support/needs.ts';
import { expectSound } from './expect-sound.ts';
import { FolderView } from './folder-view.ts';
import { LOOKS, PHONE } from './looks.ts';
import { hasBrowser, openSignedIn, openVisit, startBrowser } from './visit.ts';

const LONG_NAME = `${'a long name without any end '.repeat(6)}.txt`;

describe('the looks of the page', () => {
  let cluster: Cluster;
  let browser: Browser;

  beforeAll(async () => {
    if (!hasBrowser) return;
    cluster = await startCluster();
    browser = await startBrowser();
    await using visit = await openSignedIn(browser, cluster);
    const files = ['one.txt', 'two.txt', LONG_NAME].map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) }));
    await new FolderView(visit.page).upload(...files);
    await new FolderView(visit.page).untilAllCopied();
    const client = new FileClient(cluster.url, await cluster.signIn());
    for (const path of ['far/away/gone.txt', `${LONG_NAME}.bin`]) {
      expect((await client.upload({ path, seed: path, sizeBytes: 100 })).status).toBe(201);
      expect(await client.remove(path)).toBe(204);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await cluster?.[Symbol.asyncDispose]();
  });
  beforeEach((context) => needs(context, 'Chromium', hasBrowser));

  test.each(LOOKS)('are within WCAG 2.2 AA and the window %s', async (_, options) => {
    await using visit = await openSignedIn(browser, cluster, { ...options, reducedMotion: 'reduce' });
    const { page } = visit;
    const folder = new FolderView(page);
    await folder.row('two.txt').waitFor();
    await expectSound(page);
    await page.getByRole('checkbox', { name: 'Select two.txt' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog', { name: 'Delete this file?' }).waitFor();
    await expectSound(page);
    await page.keyboard.press('Escape');
    await folder.choose('one.txt', 'Details');
    await page.getByText('Holds every byte').first().waitFor();
    await expectSound(page);
    await page.goto('/trash/home-admin');
    await page.getByRole('checkbox', { name: 'Select gone.txt' }).click();
    await expectSound(page);
    await page.getByRole('button', { name: 'Delete forever' }).click();
    await page.getByRole('dialog', { name: 'Delete this file forever?' }).waitFor();
    await expectSound(page);
    await page.goto('/cluster');
    await page.getByRole('article').first().waitFor();
    await expectSound(page);
    await page.goto('/people');
    await page.getByRole('button', { name: 'Actions for admin' }).waitFor();
    await expectSound(page);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('dialog', { name: 'Invite somebody' }).waitFor();
    await expectSound(page);
    await page.goto('/account');
    await page.getByText('This one').first().waitFor();
    await expectSound(page);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('dialog', { name: 'New API key' }).waitFor();
    await expectSound(page);
    await visit.expectNoComplaints();
  });

  test.each(LOOKS)('at the door are within WCAG 2.2 AA and the window %s', async (_, options) => {
    await using visit = await openVisit(browser, cluster.url, { ...options, reducedMotion: 'reduce' });
    await visit.page.goto('/');
    await visit.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await expectSound(visit.page);
    await visit.page.goto('/setup#token=any');
    await visit.page.getByRole('button', { name: 'Set up' }).waitFor();
    await expectSound(visit.page);
    await visit.expectNoComplaints();
  });

  test('follow the colour scheme of the system while the page is open', async () => {
    await using visit = await openVisit(browser, cluster.url, { colorScheme: 'light' });
    const { page } = visit;
    await page.goto('/');
    const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await paper();
    expect(brightness(light)).toBeGreaterThan(200);
    expect(brightness(dark)).toBeLessThan(50);
  });

  test('on a phone lead everywhere by the menu', async () => {
    await using visit = await openSignedIn(browser, cluster, PHONE);
    const { page } = visit;
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('heading', { name: 'Cluster', level: 1 }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await visit.expectNoComplaints();
  });
});

function brightness(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
  return (red + green + blue) / 3;
}
