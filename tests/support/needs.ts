/**
 * What a test needs of the machine and may be missing: a browser, a container engine. A test says so in its first line; where the thing is missing it is
 * skipped with the reason, or fails when `NETSTORE_REQUIRE_ALL` is 1, as it is in CI.
 */
import type { TestContext } from 'vitest';

export function needs(context: TestContext, thing: string, isThere: boolean): void {
  if (isThere) return;
  if (process.env['NETSTORE_REQUIRE_ALL'] === '1') throw new Error(`This machine has no ${thing}, and NETSTORE_REQUIRE_ALL is 1`);
  context.skip(`this machine has no ${thing}`);
}
