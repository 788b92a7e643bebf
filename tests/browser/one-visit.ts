/**
 * For a file of browser tests: one cluster, one browser and one visit of the administrator for all its tests, each of which begins on the first page.
 * What it answers with is filled before the first test runs.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { needs } from '../support/needs.ts';
import { FolderView } from './folder-view.ts';
import { hasBrowser, openSignedIn, startBrowser, type Visit } from './visit.ts';

export interface OneVisit {
  readonly cluster: Cluster;
  /** For visits of others. */
  readonly browser: Browser;
  readonly visit: Visit;
  readonly page: Page;
  readonly folder: FolderView;
}

export function oneVisit(options: BrowserContextOptions = {}): OneVisit {
  const filled: { -readonly [Part in keyof OneVisit]?: OneVisit[Part] } = {};
  beforeAll(async () => {
    if (!hasBrowser) return;
    filled.cluster = await startCluster();
    filled.browser = await startBrowser();
    filled.visit = await openSignedIn(filled.browser, filled.cluster, options);
    filled.page = filled.visit.page;
    filled.folder = new FolderView(filled.page);
  });
  afterAll(async () => {
    await filled.visit?.[Symbol.asyncDispose]();
    await filled.browser?.close();
    await filled.cluster?.[Symbol.asyncDispose]();
  });
  beforeEach(async (context) => {
    needs(context, 'Chromium', hasBrowser);
    await filled.visit?.beginAgain();
  });
  return filled as OneVisit;
}
