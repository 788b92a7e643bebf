import type { TrashPage } from '@netstore/shared-types';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Cluster } from '../support/cluster.ts';
import { FileClient } from '../support/file-client.ts';
import type { FolderView } from './folder-view.ts';
import { oneVisit } from './one-visit.ts';
import { TrashView } from './trash-view.ts';
import type { Visit } from './visit.ts';

/** More than the page asks for at once. */
const MANY = 320;
const AT_ONCE = 16;

describe('the trash in the browser', () => {
  const the = oneVisit();
  let cluster: Cluster;
  let visit: Visit;
  let page: Page;
  let folder: FolderView;
  let trash: TrashView;
  let token: string;
  let client: FileClient;

  beforeAll(async () => {
    ({ cluster, visit, page, folder } = the);
    if (page === undefined) return;
    trash = new TrashView(page);
    token = await cluster.signIn();
    client = new FileClient(cluster.url, token);
  });
  beforeEach(async () => {
    for (const { path } of (await client.entries()).entries) await client.remove(path);
    await purgeAll();
  });

  const ask = (route: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${cluster.url}/api/v1/spaces/home-admin/${route}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });

  async function purgeAll(): Promise<void> {
    for (;;) {
      const { entries } = (await (await ask('trash?limit=1000')).json()) as TrashPage;
      if (entries.length === 0) return;
      const purge = { kind: 'purge', trashIds: entries.map(({ id }) => id) };
      expect((await ask('operations', { method: 'POST', body: JSON.stringify(purge) })).status).toBe(200);
    }
  }

  async function store(path: string, sizeBytes = 5): Promise<void> {
    expect((await client.upload({ path, seed: path, sizeBytes })).status).toBe(201);
  }

  /** Stores and deletes files behind the page's back. */
  async function discard(...paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await store(path);
      expect(await client.remove(path)).toBe(204);
    }
  }

  const dialog = (name: string) => page.getByRole('dialog', { name });
  const inDialog = (name: string | RegExp) => page.getByRole('dialog').getByRole('button', { name });

  test('without anything in it says what it is for', async () => {
    await trash.visit();
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
    expect(await page.getByRole('button', { name: 'Empty trash' }).count()).toBe(0);
    await visit.expectNoComplaints();
  });

  test('shows what was deleted, where it was, how much it is, and until when it can be restored', async () => {
    await store('plans/2026/a.txt', 1500);
    await store('plans/2026/b.txt', 500);
    await page.goto('/spaces/home-admin/plans');
    await folder.choose('2026', 'Delete');
    await dialog('Delete this folder?').getByText('It goes to the trash').waitFor();
    await inDialog('Delete').click();
    await folder.row('2026').waitFor({ state: 'detached' });
    await trash.visit();
    const cells = trash.row('2026').getByRole('gridcell');
    await expect.poll(() => cells.allInnerTexts()).toEqual(['', '2026', 'plans', '2 kB', 'just now', 'in 29 days', '']);
    await page.getByText('Kept for 30 days, then deleted for good').waitFor();
    await visit.expectNoComplaints();
  });

  test('gives back what was deleted when that is undone, by the notice or by key', async () => {
    await folder.make('undo');
    for (const name of ['one.txt', 'two.txt', 'three.txt']) await store(`undo/${name}`);
    await page.reload();
    await folder.row('three.txt').waitFor();
    await page.getByRole('checkbox', { name: 'Select all loaded entries' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await inDialog('Delete').click();
    await page.getByText('3 entries deleted.').waitFor();
    await page.getByText('This folder is empty').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('3 entries restored.').waitFor();
    await expect.poll(() => folder.names()).toEqual(['one.txt', 'three.txt', 'two.txt']);

    await folder.choose('two.txt', 'Delete');
    await inDialog('Delete').click();
    await page.getByText('“two.txt” deleted.').waitFor();
    await folder.grid.focus();
    await page.keyboard.press('Control+z');
    await page.getByText('“two.txt” restored.').waitFor();
    await folder.row('two.txt').waitFor();
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    await visit.expectNoComplaints();
  });

  test('restores a folder with all in it to where it was, and leads there', async () => {
    await store('lost/deep/file.txt');
    expect(await client.remove('lost')).toBe(204);
    await trash.visit();
    await trash.choose('lost', 'Restore');
    await page.getByText('“lost” restored.').waitFor();
    await trash.row('lost').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show' }).click();
    await folder.open('lost');
    await folder.open('deep');
    await folder.row('file.txt').waitFor();
    await visit.expectNoComplaints();
  });

  test('restores what was deleted from a folder into that folder, when both come back together', async () => {
    await store('nest/first.txt');
    await store('nest/second.txt');
    for (const path of ['nest/first.txt', 'nest']) expect(await client.remove(path)).toBe(204);
    await trash.visit();
    await trash.select('first.txt');
    await trash.select('nest');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('2 entries restored.').waitFor();
    expect((await client.entries('nest')).entries.map(({ name }) => name)).toEqual(['first.txt', 'second.txt']);
    await visit.expectNoComplaints();
  });

  test('asks what to do where something is at the place', async () => {
    await discard('clash/a.txt');
    await store('clash/a.txt', 77);
    await trash.visit();
    const restore = (): Promise<void> => trash.choose('a.txt', 'Restore');
    await restore();
    await dialog('A file of that name exists').getByText('is in clash already: a file of 77 B').waitFor();
    await inDialog(/^Skip/).click();
    expect(await trash.row('a.txt').count()).toBe(1);
    await restore();
    await inDialog(/^Keep both/).click();
    await page.getByText('“a (2).txt” restored.').waitFor();
    expect((await client.entries('clash')).entries.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['a (2).txt', 5],
      ['a.txt', 77],
    ]);

    expect(await client.remove('clash/a (2).txt')).toBe(204);
    await page.reload();
    await store('clash/a (2).txt', 88);
    await trash.choose('a (2).txt', 'Restore');
    await inDialog(/^Replace/).click();
    await page.getByText('“a (2).txt” restored.').waitFor();
    // What was there before is in the trash now.
    await trash.row('a (2).txt').getByText('88 B').waitFor();
    await visit.expectNoComplaints([409, 409, 409]);
  });

  test('restores to another folder, where there is no way back to the old place', async () => {
    await discard('way/file.txt');
    expect(await client.remove('way')).toBe(204);
    await store('way');
    await store('plans/any.txt');
    await page.goto('/trash/home-admin');
    await trash.choose('file.txt', 'Restore');
    await page.getByText('“file.txt” was not restored.').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await trash.choose('file.txt', 'Restore to…');
    await page.getByRole('dialog').getByRole('button', { name: 'plans' }).click();
    await inDialog('Restore here').click();
    await page.getByText('“file.txt” restored.').waitFor();
    expect((await client.entry('plans/file.txt'))?.kind).toBe('file');
    await visit.expectNoComplaints([409]);
  });

  test('deletes forever only when told twice, and says what and how much', async () => {
    await store('gone/folder/x.bin', 40_000);
    await store('gone/folder/y.bin', 2_000);
    await store('gone/single.bin', 8_000);
    for (const path of ['gone/folder', 'gone/single.bin']) expect(await client.remove(path)).toBe(204);
    await trash.visit();
    await trash.select('folder');
    await trash.select('single.bin');
    const begin = (): Promise<void> => page.getByRole('button', { name: 'Delete forever' }).click();
    await begin();
    const question = dialog('Delete 2 entries forever?');
    await question.getByText('2 files, 42 kB', { exact: true }).waitFor();
    await question.getByText('This deletes 3 files, 50 kB with all their versions, on all nodes. It cannot be undone.').waitFor();
    // The focus is at the way out.
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    expect(await trash.grid.getByRole('row', { selected: true }).count()).toBe(2);
    await begin();
    await question.getByRole('button', { name: 'Delete forever' }).click();
    await page.getByText('3 files deleted forever, 50 kB freed.').waitFor();
    await trash.row('folder').waitFor({ state: 'detached' });
    expect(await trash.row('single.bin').count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
    await visit.expectNoComplaints();
  });

  test('goes by keyboard', async () => {
    await discard('keys/e.txt', 'keys/d.txt', 'keys/c.txt', 'keys/b.txt', 'keys/a.txt');
    await trash.visit();
    await trash.grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByText('“a.txt” restored.').waitFor();
    // The neighbour is next.
    await trash.row('b.txt').and(page.locator('.is-active')).waitFor();
    await page.keyboard.press('Shift+ArrowDown');
    expect(await trash.grid.getByRole('row', { selected: true }).count()).toBe(2);
    await page.keyboard.press('Delete');
    const question = dialog('Delete 2 entries forever?');
    await question.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await trash.row('b.txt').waitFor({ state: 'detached' });
    expect(await trash.row('c.txt').count()).toBe(0);

    await trash.row('d.txt').and(page.locator('.is-active')).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Restore', exact: true }).press('Enter');
    await page.getByText('“d.txt” restored.').waitFor();
    // The button is gone with the selection: the list has the focus again.
    await expect.poll(() => trash.grid.evaluate((grid) => grid === document.activeElement)).toBe(true);
    await visit.expectNoComplaints();
  });

  test('says when what it shows may be out of date, and when that is over', async () => {
    await discard('stale.txt');
    await trash.visit();
    await trash.grid.waitFor();
    const banner = page.getByText('No node can say for certain what is newest.');
    await Promise.all([cluster.kill('node-2'), cluster.kill('node-3')]);
    await page.reload();
    await banner.waitFor({ timeout: 60_000 });
    await trash.grid.waitFor();
    await Promise.all([cluster.restart('node-2'), cluster.restart('node-3')]);
    await banner.waitFor({ state: 'detached', timeout: 60_000 });
  });

  test('that cannot be loaded says so, and comes by itself when it can be', async () => {
    await discard('later.txt');
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('heading', { name: 'Cluster', level: 1 }).waitFor();
    await cluster.kill('gateway');
    await trash.visit();
    await page.getByRole('heading', { name: 'The trash could not be loaded' }).waitFor();
    await cluster.restart('gateway');
    await trash.row('later.txt').waitFor();
  });

  test('is emptied as a whole, however much was looked at, and what comes meanwhile stays', async () => {
    for (let at = 0; at < MANY; at += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => discard(`many/${at + index}.txt`)));
    await trash.visit();
    await trash.row(`${MANY - 1}.txt`).waitFor();
    await page.getByRole('button', { name: 'Empty trash' }).click();
    const question = dialog('Empty the trash?');
    const words = (await question.getByText('This deletes').innerText()).match(/deletes (\d+) entries: (\d+) files, (.*) with all/);
    expect([words?.[1], words?.[2]]).toEqual([String(MANY), String(MANY)]);
    await discard('late.txt');
    await question.getByRole('button', { name: 'Delete everything forever' }).click();
    await page.getByText(`${words?.[2]} files deleted forever, ${words?.[3]} freed.`).waitFor();
    await page.reload();
    await trash.row('late.txt').waitFor();
    expect(await trash.grid.getAttribute('aria-rowcount')).toBe('2');
    await trash.choose('late.txt', 'Delete forever…');
    await dialog('Delete this file forever?').getByRole('button', { name: 'Delete forever' }).click();
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
    await visit.expectNoComplaints();
  });
});
