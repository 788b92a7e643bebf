import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FolderView } from './folder-view.ts';
import { oneVisit } from './one-visit.ts';
import { makeFilm, makePicture } from './sample-media.ts';
import type { Visit } from './visit.ts';

const FILM_SECONDS = 12;
const SOON = { timeout: 20_000 };
const PDF =
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n';

const text = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

describe('files in the browser', () => {
  const the = oneVisit({ acceptDownloads: true });
  let visit: Visit;
  let page: Page;
  let folder: FolderView;

  beforeAll(() => {
    ({ visit, page, folder } = the);
  });

  /** A folder of its own for the test, and in it what the test uploads by the button. */
  async function begin(name: string, ...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
    await folder.make(name);
    if (files.length > 0) await folder.uploadWhole(...files);
  }

  test('a text is shown as text, and never run, whatever its name says', async () => {
    const html = '<script>document.title = "run"</script><b>bold</b>';
    await begin('texts', text('note.txt', 'Grüße aus dem Hafen'), { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from(html) });
    await folder.open('note.txt');
    await page.getByRole('dialog').getByText('Grüße aus dem Hafen').waitFor();
    await page.keyboard.press('Escape');
    await folder.open('page.html');
    await page.getByRole('dialog').getByText(html).waitFor();
    expect(await page.title()).not.toContain('run');
    await visit.expectNoComplaints();
  });

  test('a picture is shown', async () => {
    await begin('pictures', { name: 'box.png', mimeType: 'image/png', buffer: await makePicture(page) });
    await folder.open('box.png');
    const picture = page.getByRole('img', { name: 'box.png' });
    await picture.waitFor();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth), SOON).toBe(320);
    await visit.expectNoComplaints();
  });

  test('a film plays, and seeking fetches the range that is needed', async () => {
    const film = await makeFilm(page, FILM_SECONDS);
    await begin('films', { name: 'noise.webm', mimeType: 'video/webm', buffer: film.bytes });
    const ranges: string[] = [];
    page.on('request', (request) => request.url().includes('/content/') && ranges.push(request.headers()['range'] ?? ''));
    await folder.open('noise.webm');
    const video = page.locator('video');
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.duration), SOON).toBeCloseTo(FILM_SECONDS, 1);
    await video.evaluate((element: HTMLVideoElement) => {
      element.currentTime = 9.5;
    });
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => !element.seeking && element.readyState >= 2), SOON).toBe(true);
    expect(await video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeCloseTo(9.5, 1);
    expect(await video.evaluate((element: HTMLVideoElement) => element.error)).toBeNull();
    expect(ranges.some((range) => /^bytes=[1-9]/.test(range))).toBe(true);
    await visit.expectNoComplaints();
  });

  test('a PDF opens in its frame', async () => {
    await begin('papers', { name: 'paper.pdf', mimeType: 'application/pdf', buffer: Buffer.from(PDF) });
    const served = page.waitForResponse((response) => response.url().includes('/content/'));
    await folder.open('paper.pdf');
    await page.getByTitle('paper.pdf', { exact: true }).waitFor();
    const response = await served;
    expect([response.status(), response.headers()['content-type']]).toEqual([200, 'application/pdf']);
    await visit.expectNoComplaints();
  });

  test('what cannot be shown says so, and can be downloaded with equal bytes', async () => {
    const bytes = Buffer.alloc(3_000_000, 'netstore');
    await begin('others', { name: 'data.bin', mimeType: 'application/octet-stream', buffer: bytes });
    await folder.open('data.bin');
    await page.getByText('This kind of file cannot be shown here').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('dialog').getByRole('button', { name: 'Download' }).click();
    const taken = await download;
    expect(taken.suggestedFilename()).toBe('data.bin');
    expect(readFileSync(await taken.path()).equals(bytes)).toBe(true);
    await visit.expectNoComplaints();
  });

  test('names with signs that addresses treat specially go all the way', async () => {
    const name = '100% sure? #1 & "ü" +日本.txt';
    await begin('odd %2F names?', text(name, 'odd'));
    await page.reload();
    await folder.open(name);
    await page.getByRole('dialog').getByText('odd', { exact: true }).waitFor();
    await page.reload();
    await page.getByRole('dialog').getByText('odd', { exact: true }).waitFor();
    await visit.expectNoComplaints();
  });

  test('an entry is renamed, and a name that is taken is refused in the dialog', async () => {
    await begin('names', text('a.txt', 'a'), text('b.txt', 'b'));
    await folder.choose('a.txt', 'Rename');
    const name = page.getByRole('textbox', { name: 'New name' });
    await name.fill('b.txt');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await name.fill('c.txt');
    await page.getByRole('button', { name: 'Rename' }).click();
    await folder.row('c.txt').waitFor();
    expect(await folder.names()).toEqual(['b.txt', 'c.txt']);
    await visit.expectNoComplaints([409]);
  });

  test('entries are moved into a folder that is chosen by walking', async () => {
    await begin('moves', text('x.txt', 'x'), text('y.txt', 'y'));
    await page.getByRole('checkbox', { name: 'Select x.txt' }).click();
    await page.getByRole('checkbox', { name: 'Select y.txt' }).click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Move' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Up one folder' }).click();
    await dialog.getByRole('button', { name: 'Move here' }).click();
    await page.getByText('This folder is empty').waitFor();
    await page.getByRole('navigation', { name: 'Folder' }).getByRole('link').click();
    await folder.row('x.txt').waitFor();
    await folder.row('y.txt').waitFor();
    await visit.expectNoComplaints();
  });

  test('where something of that name is already, moving asks, and one answer stands for all', async () => {
    await begin('crowd', text('x.txt', 'other x'), text('y.txt', 'other y'));
    await page.getByRole('checkbox', { name: 'Select all loaded entries' }).click();
    await page.getByRole('button', { name: 'Move' }).click();
    await page.getByRole('button', { name: 'Up one folder' }).click();
    await page.getByRole('button', { name: 'Move here' }).click();
    const question = page.getByRole('dialog', { name: 'A file of that name exists' });
    await question.getByText('is in home-admin already: a file of 1 B').waitFor();
    await question.getByRole('checkbox', { name: 'Do the same for all that follow' }).click();
    await question.getByRole('button', { name: /^Keep both/ }).click();
    await page.getByText('2 entries moved to home-admin.').waitFor();
    await page.getByRole('navigation', { name: 'Folder' }).getByRole('link').click();
    for (const name of ['x.txt', 'x (2).txt', 'y.txt', 'y (2).txt']) await folder.row(name).waitFor();
    await visit.expectNoComplaints([409, 409]);
  });

  test('deleting asks first and names what goes, and the neighbour is next', async () => {
    await begin('deletes', text('one.txt', '1'), text('two.txt', '2'), text('three.txt', '3'));
    await folder.choose('two.txt', 'Delete');
    const dialog = page.getByRole('dialog', { name: 'Delete this file?' });
    await dialog.getByText('two.txt').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await folder.choose('two.txt', 'Delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await folder.row('two.txt').waitFor({ state: 'detached' });
    expect(await folder.names()).toEqual(['one.txt', 'three.txt']);
    await visit.expectNoComplaints();
  });

  test('everything goes by keyboard', async () => {
    await begin('keys', text('a.txt', 'alpha'), text('b.txt', 'beta'), text('c.txt', 'gamma'));
    await folder.grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('beta').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.keyboard.press('F2');
    // The extension is not selected: what is typed takes the place of the rest.
    await page.keyboard.type('renamed');
    await page.keyboard.press('Enter');
    await folder.row('renamed.txt').waitFor();

    await folder.grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    expect(await folder.grid.getByRole('row', { selected: true }).count()).toBe(3);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Home');
    await page.keyboard.press('Delete');
    await page.getByRole('dialog').getByText('a.txt').waitFor();
    await page.keyboard.press('Enter');
    await folder.row('a.txt').waitFor({ state: 'detached' });

    await page.keyboard.press('Backspace');
    await page.getByRole('heading', { name: 'home-admin', level: 1 }).waitFor();
    await folder.row('keys').and(page.locator('.is-active')).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'keys', level: 1 }).waitFor();
    await visit.expectNoComplaints();
  });

  test('details tell the digest, the versions and where each copy is', async () => {
    await begin('facts', text('fact.txt', 'one'));
    await folder.upload(text('fact.txt', 'two'));
    await page.getByRole('button', { name: /^Replace/ }).click();
    await folder.untilAllCopied();
    await folder.closeUploads();
    await folder.choose('fact.txt', 'Details');
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByText(createHash('sha256').update('two').digest('hex')).waitFor();
    expect(await details.getByText('Holds every byte').count()).toBe(3);
    const old = details.getByRole('button', { name: /^Download the version/ }).last();
    const download = page.waitForEvent('download');
    await old.click();
    expect(readFileSync(await (await download).path(), 'utf8')).toBe('one');
    await visit.expectNoComplaints();
  });

  test('columns sort at the server and stay sorted', async () => {
    await begin('sorts', text('big.txt', 'x'.repeat(5000)), text('small.txt', 'x'), text('middle.txt', 'x'.repeat(300)));
    await page.getByRole('button', { name: 'Size' }).click();
    await expect.poll(() => folder.names(), SOON).toEqual(['big.txt', 'middle.txt', 'small.txt']);
    await page.getByRole('button', { name: 'Size' }).click();
    await expect.poll(() => folder.names(), SOON).toEqual(['small.txt', 'middle.txt', 'big.txt']);
    await page.reload();
    await expect.poll(() => folder.names(), SOON).toEqual(['small.txt', 'middle.txt', 'big.txt']);
    expect(await page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe('ascending');
    await visit.expectNoComplaints();
  });
});
