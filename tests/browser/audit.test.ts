import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Download, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { needs } from '../support/needs.ts';
import { netstore } from '../support/netstore-command.ts';
import { expectSound } from './expect-sound.ts';
import { LOOKS } from './looks.ts';
import { hasBrowser, openSignedIn, openVisit, signIn, startBrowser } from './visit.ts';

const PASSWORD = 'a compiler for everyone';
/** More than two pages of the list. */
const REFUSALS = 120;
const AUDIT_ROUTE = '**/api/v1/audit?*';

describe('the audit in the browser', () => {
  let cluster: Cluster;
  let browser: Browser;
  let tokens: Readonly<Record<'admin' | 'ada', string>>;

  beforeAll(async () => {
    if (!hasBrowser) return;
    cluster = await startCluster();
    browser = await startBrowser();
    const admin = await cluster.signIn();
    for (const [username, role] of [
      ['ada', 'member'],
      ['otto', 'auditor'],
    ])
      await send(admin, 'POST /api/v1/users', { username, password: PASSWORD, roles: [role] });
    tokens = { admin, ada: await cluster.signIn({ username: 'ada', password: PASSWORD }) };
    await send(tokens.ada, 'PUT /api/v1/spaces/home-ada/files/plans/engine.txt', 'the engine');
    await send(tokens.ada, 'GET /api/v1/spaces/home-ada/files/plans/engine.txt');
    await send(tokens.ada, 'POST /api/v1/spaces/home-ada/operations', { kind: 'move', from: 'plans', to: 'old plans' });
    for (let refusal = 0; refusal < REFUSALS; refusal += 1) await send(tokens.ada, 'POST /api/v1/groups', { name: `group-${refusal}` });
  });
  afterAll(async () => {
    await browser?.close();
    await cluster?.[Symbol.asyncDispose]();
  });
  beforeEach((context) => needs(context, 'Chromium', hasBrowser));

  async function send(token: string, route: string, body?: unknown): Promise<void> {
    const [method = '', path = ''] = route.split(' ');
    const isText = typeof body === 'string';
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(cluster.url + path, { method, headers, body: isText ? body : (JSON.stringify(body) ?? null) });
    await response.text();
  }

  const rows = (page: Page): Locator => page.getByRole('list', { name: 'Audit' }).getByRole('listitem');

  test('an auditor reads what was done, by whom, from where and how it ended, and narrows it down', async () => {
    await using visit = await openVisit(browser, cluster.url);
    const { page } = visit;
    await signIn(page, { username: 'otto', password: PASSWORD });
    await page.getByRole('link', { name: 'Audit' }).click();
    await rows(page).first().getByText('Somebody signed in as otto').waitFor();
    await rows(page).filter({ hasText: 'ada tried to make the group group-119' }).getByText('Refused').waitFor();
    await rows(page).first().getByText('from 127.0.0.1').waitFor();
    expect(await rows(page).count()).toBe(50);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => rows(page).count()).toBe(100);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('admin made an account for otto').waitFor();

    await page.getByRole('textbox', { name: 'Who' }).fill('ada');
    await page.getByRole('combobox', { name: 'What' }).selectOption('Files');
    await page.getByRole('textbox', { name: 'Who' }).press('Enter');
    await expect
      .poll(() => page.locator('.audit-sentence').allTextContents())
      .toEqual([
        'ada moved home-ada / plans to old plans',
        'ada read home-ada / plans/engine.txt',
        'ada wrote home-ada / plans/engine.txt',
      ]);
    await page.getByRole('textbox', { name: 'Path' }).fill('plans/engine.txt');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect.poll(() => rows(page).count()).toBe(2);
    await page.getByLabel('From').fill('2100-01-01T00:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('Nothing in the audit is like that.').waitFor();
    await page.goBack();
    await expect.poll(() => rows(page).count()).toBe(2);
    expect(await page.getByLabel('From').inputValue()).toBe('');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('Refused or failed');
    await page.getByRole('checkbox', { name: 'What was only listed or looked at, too' }).check();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect
      .poll(() =>
        rows(page)
          .filter({ hasNotText: /Refused|Failed/ })
          .count(),
      )
      .toBe(0);
    await page.getByText('ada tried to make the group group-119').waitFor();
    await visit.expectNoComplaints();
  });

  test('what only looks is there for who asks for it', async () => {
    await using visit = await openSignedIn(browser, cluster);
    const { page } = visit;
    await page.goto('/audit?actor=admin');
    await rows(page).first().waitFor();
    expect(await page.getByText('admin looked at the cluster').count()).toBe(0);
    await page.goto('/audit?actor=admin&looks=all');
    await page.getByText('admin looked at the cluster').first().waitFor();
    await visit.expectNoComplaints();
  });

  test('a member has no audit', async () => {
    await using visit = await openVisit(browser, cluster.url);
    await signIn(visit.page, { username: 'ada', password: PASSWORD });
    expect(await visit.page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    await visit.page.goto('/audit');
    await visit.page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
    await visit.expectNoComplaints();
  });

  test('all of it is saved as a file that proves itself, and as one for spreadsheets', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netstore-audit-'));
    await using visit = await openSignedIn(browser, cluster);
    const { page } = visit;
    await page.goto('/audit');
    const save = async (words: string): Promise<Download> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: words }).click()]);
      await download.saveAs(join(folder, download.suggestedFilename()));
      return download;
    };
    expect((await save('Export JSON')).suggestedFilename()).toBe('audit.jsonl');
    const { exitCode, stdout } = await netstore(['audit', 'verify', join(folder, 'audit.jsonl')]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('The audit is whole')]);
    expect((await save('Export CSV')).suggestedFilename()).toBe('audit.csv');
    expect(readFileSync(join(folder, 'audit.csv'), 'utf8')).toMatch(/^time,seq,/);
    await visit.expectNoComplaints();
    rmSync(folder, { recursive: true });
  });

  test.each(LOOKS)('is within WCAG 2.2 AA and the window %s, in each of its states', async (_, options) => {
    await using visit = await openSignedIn(browser, cluster, { ...options, reducedMotion: 'reduce' });
    const { page } = visit;
    await page.goto('/audit');
    await rows(page).first().waitFor();
    await expectSound(page);
    const filter = page.getByText('Filter', { exact: true });
    if (!(await page.getByRole('textbox', { name: 'Who' }).isVisible())) await filter.click();
    await expectSound(page);
    await page.getByRole('textbox', { name: 'Who' }).fill('nobody of that name');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('Nothing in the audit is like that.').waitFor();
    await expectSound(page);

    let answer = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route(AUDIT_ROUTE, async (route) => {
      await isAnswered;
      await route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'NS_CONFLICT', detail: 'Said by the test', requestId: 'r-1' }),
      });
    });
    await page.getByRole('textbox', { name: 'Who' }).fill('ada');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('Loading the list…').waitFor();
    await expectSound(page);
    answer();
    await page.getByRole('heading', { name: 'The audit could not be loaded' }).waitFor();
    await expectSound(page);
    await page.unroute(AUDIT_ROUTE);
    await page.getByRole('button', { name: 'Try again' }).click();
    await rows(page).first().waitFor();
    await visit.expectNoComplaints([409]);
  });
});
