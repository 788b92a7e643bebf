import type { Browser, Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../support/cluster.ts';
import { FileClient } from '../support/file-client.ts';
import { dropPaths } from './drop-paths.ts';
import { expectSound } from './expect-sound.ts';
import { FolderView } from './folder-view.ts';
import { LOOKS } from './looks.ts';
import { oneVisit } from './one-visit.ts';
import { openSignedIn, openVisit, signIn, type Visit } from './visit.ts';

/** The time for which nothing is deleted, and some. */
const ENDING_WITHIN_MS = 90_000;
const PASSWORD = 'a compiler for everyone';

describe('spaces, members and groups in the browser', () => {
  const the = oneVisit();
  let cluster: Cluster;
  let browser: Browser;
  let admin: Visit;
  let call: (method: string, route: string, body?: unknown) => Promise<void>;
  let team: FileClient;

  beforeAll(async () => {
    ({ cluster, browser, visit: admin } = the);
    if (admin === undefined) return;
    const token = await cluster.signIn();
    call = (method, route, body) => callApi(`${cluster.url}/api/v1/${route}`, { method, token, body });
    for (const [username, role] of [
      ['bob', 'member'],
      ['cy', 'member'],
      ['eva', 'auditor'],
    ]) {
      await call('POST', 'users', { username, password: PASSWORD, roles: [role] });
    }
    await call('POST', 'spaces', { name: 'team', owner: 'admin' });
    await call('POST', 'spaces', { name: 'waning', owner: 'admin' });
    await call('PUT', 'spaces/waning/ending');
    await call('POST', 'groups', { name: 'staff' });
    await call('PUT', 'groups/staff/members/cy');
    team = new FileClient(cluster.url, token, 'team');
    for (const path of ['2026/plan.txt', '2026/drafts/idea.txt', 'hello.txt']) {
      expect((await team.upload({ path, seed: path, sizeBytes: 100 })).status).toBe(201);
    }
  });

  const give = (folder: string, kind: 'user' | 'group', name: string, role: string): Promise<void> =>
    call('PUT', 'spaces/team/grants', { folder, subject: { kind, name }, role });
  const row = (list: string, name: string): Locator =>
    admin.page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: name });

  async function openAs(username: string): Promise<Visit> {
    const visit = await openVisit(browser, cluster.url);
    await signIn(visit.page, { username, password: PASSWORD });
    return visit;
  }

  test('an admin makes a shared space, renames it and sets its quota', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: 'All spaces' }).click();
    await row('Your spaces', 'home-admin').getByText('Owner').waitFor();
    await row('Spaces of others', 'home-bob').getByText('No role').waitFor();
    await page.getByRole('button', { name: 'New space' }).click();
    await page.getByLabel('Name', { exact: true }).fill('project');
    await page.getByLabel('Quota').fill('a lot');
    expect(await page.getByRole('button', { name: 'Make space' }).isDisabled()).toBe(true);
    await page.getByLabel('Quota').fill('1.5 GB');
    await page.getByRole('button', { name: 'Make space' }).click();
    await page.getByRole('heading', { name: 'Members of project' }).waitFor();
    await page.getByText('0 B of 1.5 GB').waitFor();
    await page.getByRole('button', { name: 'Actions for project' }).click();
    await page.getByRole('menuitem', { name: 'Rename…' }).click();
    await page.getByLabel('New name').fill('venture');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { name: 'Members of venture' }).waitFor();
    await page.getByRole('link', { name: 'Files', exact: true }).click();
    await page.getByRole('heading', { name: 'venture', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/spaces/venture');
    await page.getByRole('navigation').getByRole('link', { name: 'venture' }).waitFor();
    await admin.expectNoComplaints();
  });

  test('an owner is given a quota for all of their spaces, and shown it again', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: 'People' }).click();
    for (const [before, after] of [
      ['', '2 GB'],
      ['2 GB', ''],
    ] as const) {
      await page.getByRole('button', { name: 'Actions for cy' }).click();
      await page.getByRole('menuitem', { name: 'Set quota' }).click();
      await expect.poll(() => page.getByRole('textbox', { name: 'Quota' }).inputValue()).toBe(before);
      await page.getByRole('textbox', { name: 'Quota' }).fill(after);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await admin.expectNoComplaints();
  });

  test('a role is given, changed, told in words, taken away and given back', async () => {
    const { page } = admin;
    await page.goto('/members/team');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('User name').fill('bo');
    await page.locator('datalist option[value="bob"]').waitFor({ state: 'attached' });
    await page.getByLabel('User name').fill('bobby');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await page.getByRole('alert').getByText('There is no user of that name').waitFor();
    await page.getByLabel('User name').fill('bob');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await row('Members', 'bob').getByText('bob reads everything in the space and changes nothing.').waitFor();
    await page.getByRole('combobox', { name: 'Role of bob in the whole space' }).selectOption('editor');
    await row('Members', 'bob').getByText('bob reads and changes everything in the space.').waitFor();

    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByLabel('User name').fill('bob');
    await page.getByRole('button', { name: 'Choose…' }).click();
    await page.getByRole('dialog', { name: 'Choose a folder' }).getByRole('button', { name: '2026' }).click();
    await page.getByRole('button', { name: 'Choose', exact: true }).click();
    await page.getByRole('radio', { name: /^Nothing/ }).check();
    await page.getByRole('button', { name: 'Give' }).click();
    const rule = page.getByText('bob sees nothing in “2026” and below; it is nearer than Editor for the whole space, so it counts.');
    await rule.waitFor();
    await page.getByRole('button', { name: 'Take the role of bob in “2026” away' }).click();
    await rule.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await rule.waitFor();
    expect(admin.refusals.splice(0)).toEqual([404]);
    await admin.expectNoComplaints();
  });

  test('whoever may only look is offered nothing else, and is told why', async () => {
    await give('', 'user', 'bob', 'viewer');
    await give('2026', 'user', 'bob', 'viewer');
    await give('2026/drafts', 'user', 'bob', 'editor');
    await using guest = await openAs('bob');
    const { page } = guest;
    const folder = new FolderView(page);
    await page.getByRole('link', { name: 'team' }).click();
    await page.getByText('Read only: you are viewer of the whole space.').waitFor();
    expect(await page.getByRole('button', { name: /Upload|New folder/ }).count()).toBe(0);
    await folder.row('hello.txt').getByRole('button', { name: 'Actions for hello.txt' }).click();
    expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Open', 'Download', 'Share…', 'Details']);
    await page.keyboard.press('Escape');
    await folder.row('hello.txt').click();
    await page.keyboard.press('Delete');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await dropPaths(page, [import.meta.filename], { beforeDrop: () => page.getByText('Nothing can be dropped here.').waitFor() });
    expect(await folder.names()).toEqual(['2026', 'hello.txt']);

    await page.goto('/spaces/team/2026/drafts');
    await folder.uploadWhole({ name: 'mine.txt', mimeType: 'text/plain', buffer: Buffer.from('mine') });
    await folder.row('mine.txt').waitFor();
    for (const address of ['/people', '/groups', '/groups/staff']) {
      await page.goto(address);
      await page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
    }
    await guest.expectNoComplaints();
    await page.goto('/members/team');
    await page.getByText('Only managers of the space may do this').waitFor();
  });

  test('an auditor sees rules and groups, and finds no way to change them', async () => {
    await give('', 'user', 'bob', 'viewer');
    await using auditor = await openAs('eva');
    const { page } = auditor;
    await page.goto('/spaces');
    await page.getByRole('link', { name: 'Members of team' }).click();
    const member = page.getByRole('list', { name: 'Members' }).getByRole('listitem').filter({ hasText: 'bob' });
    await member.getByText('Viewer').waitFor();
    expect(await page.getByRole('main').getByRole('combobox').count()).toBe(0);
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
    await page.goto('/groups');
    await page.getByRole('link', { name: 'staff' }).click();
    await page.getByRole('list', { name: 'Members of staff' }).getByText('cy').waitFor();
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
    await auditor.expectNoComplaints();
  });

  test('details tell managers who can see an entry, and why', async () => {
    await give('', 'user', 'bob', 'viewer');
    await give('2026', 'group', 'staff', 'editor');
    const { page } = admin;
    await page.goto('/spaces/team/2026');
    await new FolderView(page).choose('plan.txt', 'Details');
    const seen = page.getByRole('region', { name: 'Who can see this' });
    await seen.getByText('admin is the owner of the space.').waitFor();
    await seen.getByText('cy is editor of “2026” through the group staff.').waitFor();
    await seen.getByRole('link', { name: 'All rules' }).click();
    await page.getByRole('heading', { name: 'Members of team' }).waitFor();
    await admin.expectNoComplaints();
  });

  test('groups are made, filled, and deleted with what they were given', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByRole('button', { name: 'New group' }).click();
    await page.getByLabel('Name').fill('guests');
    await page.getByRole('button', { name: 'Make group' }).click();
    await page.getByRole('link', { name: 'guests' }).click();
    await page.getByText('Nobody is in this group yet.').waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('User name').fill('cy');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await give('', 'group', 'guests', 'viewer');
    await page.getByRole('button', { name: 'Take cy out of guests' }).click();
    await page.getByText('Nobody is in this group yet.').waitFor();
    await page.getByRole('link', { name: 'All groups' }).click();
    await page.getByRole('button', { name: 'Actions for guests' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row('Groups', 'guests').waitFor({ state: 'detached' });
    await page.goto('/members/team');
    await row('Members', 'admin').waitFor();
    expect(await row('Members', 'guests').count()).toBe(0);
    await admin.expectNoComplaints();
  });

  test('a shared space is marked, kept, marked again, and deleted for good with what was counted', async () => {
    await call('POST', 'spaces', { name: 'doomed', owner: 'admin' });
    const doomed = new FileClient(cluster.url, await cluster.signIn(), 'doomed');
    for (const path of ['a/one.txt', 'a/two.txt', 'three.txt']) await doomed.upload({ path, seed: path, sizeBytes: 1_000 });
    const { page } = admin;
    const dialog = page.getByRole('dialog');
    const choose = async (item: string): Promise<void> => {
      await page.getByRole('button', { name: 'Actions for doomed' }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    const mark = async (): Promise<void> => {
      await choose('Delete…');
      await dialog.getByLabel('Type doomed to go on').fill('team');
      expect(await dialog.getByRole('button', { name: 'Begin to delete' }).isDisabled()).toBe(true);
      await dialog.getByLabel('Type doomed to go on').fill('doomed');
      await dialog.getByRole('button', { name: 'Begin to delete' }).click();
      await row('Your spaces', 'doomed').getByText('Being deleted').waitFor();
    };
    await page.goto('/spaces');
    await mark();
    await choose('Keep it after all…');
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await row('Your spaces', 'doomed').getByText('Being deleted').waitFor({ state: 'detached' });
    expect((await doomed.upload({ path: 'late.txt', seed: 'late', sizeBytes: 1 })).status).toBe(201);

    await mark();
    expect((await doomed.upload({ path: 'later.txt', seed: 'later', sizeBytes: 1 })).status).toBe(403);
    await choose('Delete for good…');
    await dialog.getByText('3 entries: 4 files, 3 KB').waitFor();
    await dialog.getByLabel('Type doomed to go on').fill('doomed');
    await dialog.getByRole('button', { name: 'Delete forever' }).click();
    await dialog.waitFor({ state: 'detached', timeout: ENDING_WITHIN_MS });
    await page.getByText('doomed is deleted.').waitFor();
    await row('Your spaces', 'doomed').waitFor({ state: 'detached' });
    await admin.expectNoComplaints();
  });

  test('a page of a listing of which nothing may be seen leads on to the next', async () => {
    const { page } = admin;
    await page.route('**/api/v1/spaces/team/entries?*', async (route) => {
      const url = new URL(route.request().url());
      if (url.searchParams.get('cursor') === null) return await route.fulfill({ json: { entries: [], nextCursor: 'hidden' } });
      url.searchParams.delete('cursor');
      await route.continue({ url: url.href });
    });
    await page.goto('/members/team');
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('button', { name: 'Choose…' }).click();
    await page.getByRole('dialog', { name: 'Choose a folder' }).getByRole('button', { name: '2026' }).waitFor();
    await page.unroute('**/api/v1/spaces/team/entries?*');
    await admin.expectNoComplaints();
  });

  test.each(LOOKS.filter((_, index) => index % 3 === 0))('are within WCAG 2.2 AA and the window %s', async (_, options) => {
    await give('2026/drafts', 'group', 'staff', 'none');
    await using visit = await openSignedIn(browser, cluster, { ...options, reducedMotion: 'reduce' });
    const { page } = visit;
    await page.goto('/spaces');
    await page.getByRole('list', { name: 'Spaces of others' }).waitFor();
    await expectSound(page);
    for (const [space, item] of [
      ['team', 'Delete…'],
      ['waning', 'Delete for good…'],
    ] as const) {
      await page.getByRole('button', { name: `Actions for ${space}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog').getByLabel(`Type ${space} to go on`).waitFor();
      await expectSound(page);
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    }
    await page.goto('/members/team');
    await page.getByRole('region', { name: 'Rules for 2026/drafts' }).waitFor();
    await expectSound(page);
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('dialog', { name: 'New rule for a folder' }).waitFor();
    await expectSound(page);
    await page.goto('/groups');
    await page.getByRole('list', { name: 'Groups' }).waitFor();
    await expectSound(page);
    await visit.expectNoComplaints();
  });
});

interface Call {
  readonly method: string;
  readonly token: string;
  readonly body: unknown;
}

async function callApi(url: string, { method, token, body }: Call): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}
