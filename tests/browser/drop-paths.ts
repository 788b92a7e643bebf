/** Drops files and folders of this machine on the page, by the browser's own debugging protocol: scripts cannot make such drops. */
import type { Page } from 'playwright-core';

const COPY = 1;

export async function dropPaths(
  page: Page,
  paths: readonly string[],
  { beforeDrop }: { readonly beforeDrop?: () => Promise<void> } = {},
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: COPY };
  const at = { x: 700, y: 500, data };
  await session.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at });
  await session.send('Input.dispatchDragEvent', { type: 'dragOver', ...at });
  await beforeDrop?.();
  await session.send('Input.dispatchDragEvent', { type: 'drop', ...at });
  await session.detach();
}
