import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../support/cluster.ts';
import { dropPaths } from './drop-paths.ts';
import type { FolderView } from './folder-view.ts';
import { oneVisit } from './one-visit.ts';
import type { Visit } from './visit.ts';

const MIB = 1024 * 1024;
const SOON = { timeout: 20_000 };

const text = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

describe('uploads in the browser', () => {
  const local = mkdtempSync(join(tmpdir(), 'netstore-browser-'));
  const the = oneVisit();
  let cluster: Cluster;
  let visit: Visit;
  let page: Page;
  let folder: FolderView;
  let tray: Locator;

  beforeAll(() => {
    ({ cluster, visit, page, folder } = the);
    tray = page?.getByRole('region', { name: 'Uploads' });
  });
  afterAll(() => rmSync(local, { recursive: true, force: true }));

  test('what is dropped arrives with its tree, and empty folders too', async () => {
    const tree = join(local, 'trip');
    mkdirSync(join(tree, 'day 1', 'raw'), { recursive: true });
    mkdirSync(join(tree, 'nothing here'));
    writeFileSync(join(tree, 'plan.txt'), 'plan');
    for (let index = 0; index < 130; index += 1) writeFileSync(join(tree, 'day 1', 'raw', `${index}.txt`), String(index));
    writeFileSync(join(local, 'alone.txt'), 'alone');
    await dropPaths(page, [tree, join(local, 'alone.txt')], {
      beforeDrop: () => page.getByText('Drop to upload to home-admin').waitFor(),
    });
    await tray.getByText('132 uploaded').waitFor({ timeout: 60_000 });
    await folder.untilAllCopied();
    await folder.row('alone.txt').waitFor();
    await folder.open('trip');
    await expect.poll(() => folder.names(), SOON).toEqual(['day 1', 'nothing here', 'plan.txt']);
    await folder.open('day 1');
    await folder.open('raw');
    await folder.row('0.txt').waitFor();
    expect(await folder.grid.getAttribute('aria-rowcount')).toBe('131');
    await visit.expectNoComplaints();
  });

  test('a drop beside the list is refused, and the page stays', async () => {
    writeFileSync(join(local, 'beside.txt'), 'beside');
    await dropPaths(page, [join(local, 'beside.txt')], { at: { x: 100, y: 500 } });
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByRole('dialog', { name: 'New folder' }).waitFor();
    expect(page.url()).toContain('/spaces/home-admin');
    expect(await tray.count()).toBe(0);
    await visit.expectNoComplaints();
  });

  test('an upload goes on while the user walks about, says how far it is, and ends in all three copies', async () => {
    await throttle(page, 6 * MIB);
    await page.getByLabel('Files to upload').setInputFiles([{ name: 'walk.bin', mimeType: '', buffer: Buffer.alloc(12 * MIB, 7) }]);
    await tray.getByText(/^Sending, \d+ %$/).waitFor();
    await tray.getByText(/\d+ % of 12.6 MB · [\d.]+ [kM]B\/s/).waitFor();
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('heading', { name: 'Cluster', level: 1 }).waitFor();
    await tray.getByText('1 uploaded').waitFor();
    await tray.getByText('Durable on all nodes, 3/3').waitFor();
    await throttle(page, -1);
    await page.getByRole('link', { name: 'home-admin' }).click();
    await folder.row('walk.bin').getByRole('img', { name: '3 of 3 copies' }).waitFor();
    await visit.expectNoComplaints();
  });

  test('a cancelled upload leaves nothing, and can be tried again', async () => {
    await throttle(page, MIB);
    await page.getByLabel('Files to upload').setInputFiles([{ name: 'cancel.bin', mimeType: '', buffer: Buffer.alloc(6 * MIB, 1) }]);
    await tray.getByText(/^Sending, [1-9]\d* %$/).waitFor();
    await tray.getByRole('button', { name: 'Cancel cancel.bin' }).click();
    await tray.getByText('Cancelled', { exact: true }).waitFor();
    await throttle(page, -1);
    await page.reload();
    await page.getByRole('navigation', { name: 'Folder' }).waitFor();
    expect(await folder.row('cancel.bin').count()).toBe(0);

    await throttle(page, MIB);
    await page.getByLabel('Files to upload').setInputFiles([{ name: 'cancel.bin', mimeType: '', buffer: Buffer.alloc(2 * MIB, 1) }]);
    await tray.getByRole('button', { name: 'Cancel cancel.bin' }).click();
    await throttle(page, -1);
    await tray.getByRole('button', { name: 'Upload cancel.bin again' }).click();
    await tray.getByText('1 uploaded').waitFor();
    await folder.row('cancel.bin').waitFor();
    await visit.expectNoComplaints();
  });

  test('where a name is taken, one answer can stand for all', async () => {
    await folder.upload(text('k1.txt', 'old 1'), text('k2.txt', 'old 2'));
    await folder.untilAllCopied();
    await folder.closeUploads();
    await folder.upload(text('k1.txt', 'new 1'), text('k2.txt', 'new 2'), text('k3.txt', 'new 3'));
    const dialog = page.getByRole('dialog', { name: 'A file of that name exists' });
    await dialog.getByRole('checkbox', { name: /Do the same/ }).check();
    await dialog.getByRole('button', { name: /^Keep both/ }).click();
    await tray.getByText('3 uploaded').waitFor();
    await expect
      .poll(async () => (await folder.names()).filter((name) => name.startsWith('k')), SOON)
      .toEqual(['k1 (2).txt', 'k1.txt', 'k2 (2).txt', 'k2.txt', 'k3.txt']);
    await folder.closeUploads();

    await folder.upload(text('k1.txt', 'newest'));
    await dialog.getByRole('button', { name: /^Skip/ }).click();
    await tray.getByText('1 left out').waitFor();
    await folder.open('k1.txt');
    await page.getByRole('dialog').getByText('old 1').waitFor();
    await page.keyboard.press('Escape');
    await folder.closeUploads();

    await folder.upload(text('k1.txt', 'newest'));
    await dialog.getByRole('button', { name: /^Replace/ }).click();
    await tray.getByText('1 uploaded').waitFor();
    await folder.open('k1.txt');
    await page.getByRole('dialog').getByText('newest').waitFor();
    // The names that are known to be taken are asked about before anything is sent: nothing is refused.
    await visit.expectNoComplaints();
  });

  test('a gateway that goes away in mid-upload is waited for, and the file is stored once', async () => {
    await throttle(page, 2 * MIB);
    await page.getByLabel('Files to upload').setInputFiles([{ name: 'patient.bin', mimeType: '', buffer: Buffer.alloc(6 * MIB, 3) }]);
    await tray.getByText(/^Sending, [1-9]\d* %$/).waitFor();
    await cluster.kill('gateway');
    await tray.getByText(/^Tries again by itself\./).waitFor();
    await page.getByText('NetStore does not answer. What you see may be out of date').waitFor();
    await cluster.restart('gateway');
    await throttle(page, -1);
    await tray.getByText('1 uploaded').waitFor({ timeout: 60_000 });
    await page.getByText('NetStore does not answer. What you see may be out of date').waitFor({ state: 'detached' });
    await folder.choose('patient.bin', 'Details');
    await page.getByRole('region', { name: 'Details' }).getByText('6.3 MB · current').waitFor();
    expect(await page.getByRole('button', { name: /^Download the version/ }).count()).toBe(1);
    // The browser notes each broken connection; nothing else may be amiss.
    expect(visit.complaints.filter((complaint) => !complaint.includes('net::ERR_'))).toEqual([]);
  });
});

/** Bounds how fast the page can send; -1 for no bound. */
async function throttle(page: Page, uploadBytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: uploadBytesPerSecond };
  await session.send('Network.emulateNetworkConditions', conditions);
  if (uploadBytesPerSecond === -1) await session.detach();
}
