/**
 * One visitor of the page: a real Chromium with a window of its own, on the page that a real cluster serves. Whatever the page complains about on
 * its console, throws, or tries against its content security policy is kept, and a test ends by asking that there was nothing.
 */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { findChromium } from '../support/chromium.ts';
import { Cluster } from '../support/cluster.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const LAPTOP = { width: 1440, height: 900 };
/** The browser itself notes each answer of 400 and above; which ones are expected is the business of each test. */
const REFUSED = /^Failed to load resource: the server responded with a status of (\d{3})/;

export const hasBrowser = findChromium() !== undefined;

export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('This machine has no Chromium: a test must say needs() first');
  return chromium.launch({ executablePath, args: FLAGS });
}

export class Visit implements AsyncDisposable {
  readonly page: Page;
  readonly complaints: string[] = [];
  /** Statuses of 400 and above, by the browser's own account. */
  readonly refusals: number[] = [];
  readonly #context: BrowserContext;

  constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const status = REFUSED.exec(message.text())?.[1];
      if (status === undefined) this.complaints.push(`${message.type()}: ${message.text()}`);
      else this.refusals.push(Number(status));
    });
    page.on('pageerror', (error) => this.complaints.push(`thrown: ${error.stack ?? error.message}`));
  }

  /** The first page of the signed-in user, with nothing held against it. */
  async beginAgain(): Promise<void> {
    await this.page.goto('/');
    await this.page.getByRole('navigation', { name: 'Folder' }).waitFor();
    this.complaints.length = 0;
    this.refusals.length = 0;
  }

  /** Fails when the page complained about anything, or was refused anything but `expectedRefusals`. */
  async expectNoComplaints(expectedRefusals: readonly number[] = []): Promise<void> {
    const violations = await this.page.evaluate(() => (globalThis as { violations?: string[] }).violations ?? []);
    expect({ complaints: this.complaints, violations, refusals: this.refusals }).toEqual({
      complaints: [],
      violations: [],
      refusals: expectedRefusals,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}

export async function openVisit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: LAPTOP, locale: 'en-GB', baseURL: url, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(globalThis, { violations });
    document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  return new Visit(context, page);
}

/** A visit of the administrator that a cluster of the tests has, in their own space. */
export async function openSignedIn(browser: Browser, cluster: Cluster, options: BrowserContextOptions = {}): Promise<Visit> {
  const visit = await openVisit(browser, cluster.url, options);
  await signIn(visit.page, Cluster.admin);
  return visit;
}

/** Leads from the door to the user's own space. */
export async function signIn(page: Page, { username, password }: { readonly username: string; readonly password: string }): Promise<void> {
  await page.goto('/');
  await page.getByLabel('User name').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: `home-${username}` }).waitFor();
}
