import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../support/cluster.ts';
import type { FolderView } from './folder-view.ts';
import { oneVisit } from './one-visit.ts';
import type { Visit } from './visit.ts';

describe('the cluster in the browser', () => {
  const the = oneVisit();
  let cluster: Cluster;
  let visit: Visit;
  let page: Page;
  let folder: FolderView;

  beforeAll(() => {
    ({ cluster, visit, page, folder } = the);
  });

  const node = (id: string) => page.getByRole('article', { name: id });

  test('a whole cluster is said to be whole, with its primary and which node may be stopped', async () => {
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('heading', { name: 'Everything is in place' }).waitFor();
    await node('node-1').getByText('Primary', { exact: true }).waitFor();
    await page.getByText('Automatic', { exact: true }).waitFor();
    for (const id of ['node-1', 'node-2', 'node-3']) await node(id).getByText('Safe to stop.', { exact: true }).waitFor();
    expect(await page.getByRole('article').count()).toBe(3);
    await visit.expectNoComplaints();
  });

  test('a node that dies is shown at once, what is uploaded meanwhile is 2/3, and 3/3 when the node is back', async () => {
    await page.getByRole('link', { name: 'Cluster' }).click();
    await node('node-3').getByText('Secondary').waitFor();
    await cluster.kill('node-3');
    await node('node-3').getByText('Does not answer', { exact: true }).waitFor();
    await page.getByRole('heading', { name: '2 of 3 nodes answer' }).waitFor();
    expect(await node('node-3').getByText('Unknown', { exact: true }).count()).toBe(5);
    await node('node-2').getByText('Not safe to stop.').waitFor();

    await page.getByRole('link', { name: 'home-admin' }).click();
    await page.getByText('This folder is empty').waitFor();
    await folder.upload({ name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from('two copies') });
    await page.getByRole('region', { name: 'Uploads' }).getByText('Durable, 2/3. The last copy is on its way').waitFor();
    await folder
      .row('two.txt')
      .getByRole('img', { name: /^2 of 3 copies/ })
      .waitFor();

    await cluster.restart('node-3');
    await folder.untilAllCopied();
    await folder.row('two.txt').getByRole('img', { name: '3 of 3 copies' }).waitFor();
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('heading', { name: 'Everything is in place' }).waitFor();
    await visit.expectNoComplaints();
  });

  test('the next primary is shown when the first one dies', async () => {
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('heading', { name: 'Everything is in place' }).waitFor();
    const first = (await page.getByRole('article').filter({ hasText: 'Leads' }).getAttribute('aria-label')) as
      | 'node-1'
      | 'node-2'
      | 'node-3';
    await cluster.kill(first);
    await node(first).getByText('Does not answer', { exact: true }).waitFor();
    await page.getByRole('article').filter({ hasText: 'Leads' }).waitFor();
    await page.getByRole('heading', { name: '2 of 3 nodes answer' }).waitFor();
    expect(await page.getByText('Safe to stop.', { exact: true }).count()).toBe(0);
    await cluster.restart(first);
    await page.getByRole('heading', { name: 'Everything is in place' }).waitFor();
  });

  test('without the gateway nothing is called healthy', async () => {
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('heading', { name: 'Everything is in place' }).waitFor();
    await cluster.kill('gateway');
    await page.getByRole('heading', { name: 'State unknown' }).waitFor();
    await node('node-1').getByText('Unknown now').waitFor();
    expect(await page.getByText('Safe to stop.', { exact: true }).count()).toBe(0);
    await cluster.restart('gateway');
    await page.getByRole('heading', { name: 'Everything is in place' }).waitFor();
  });
});
