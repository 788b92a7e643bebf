/** What holds for every page in every state: no rule of accessibility is broken, and nothing is wider than the window. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Nothing that axe finds, and nothing wider than the window. */
export async function expectSound(page: Page): Promise<void> {
  // By the debugging protocol, which the page's content security policy does not bind.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  await session.detach();
  const found = await page.evaluate(async (tags) => {
    const { violations, passes } = await (globalThis as unknown as { axe: Axe }).axe.run({ runOnly: tags });
    const told = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    );
    return { told, passed: passes.map(({ id }) => id) };
  }, AXE_TAGS);
  expect(found.told).toEqual([]);
  // The checks did look: what the page certainly has was found good.
  expect(found.passed).toEqual(expect.arrayContaining(['color-contrast', 'button-name']));
  const [needed, given] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(needed).toBeLessThanOrEqual(given ?? 0);
}

interface Axe {
  readonly run: (options: { readonly runOnly: readonly string[] }) => Promise<{
    readonly passes: readonly { readonly id: string }[];
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }[];
  }>;
}
