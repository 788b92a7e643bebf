/** Drops files and folders of this machine on the page, by the browser's own debugging protocol: scripts cannot make such drops. */
import type { Page } from 'playwright-core';

const COPY = 1;

interface DropOptions {
  readonly at?: { readonly x: number; readonly y: number };
  readonly beforeDrop?: () => Promise<void>;
}

export async function dropPaths(
  page: Page,
  paths: readonly string[],
  { at = { x: 700, y: 500 }, beforeDrop }: DropOptions = {},
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const drag = { ...at, data: { items: [], files: [...paths], dragOperationsMask: COPY } };
  await session.send('Input.dispatchDragEvent', { type: 'dragEnter', ...drag });
  await session.send('Input.dispatchDragEvent', { type: 'dragOver', ...drag });
  await beforeDrop?.();
  await session.send('Input.dispatchDragEvent', { type: 'drop', ...drag });
  await session.detach();
}
