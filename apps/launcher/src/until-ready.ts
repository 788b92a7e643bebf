/** Waits until the gateway says that a file can be uploaded, and tells the person who waits with us what is still missing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Terminal } from './terminal.ts';

const POLL_INTERVAL_MS = 50;
const ANSWER_DEADLINE_MS = 5_000;
const PROGRESS_INTERVAL_MS = 10_000;

export interface ReadinessQuestion {
  readonly gatewayUrl: string;
  readonly terminal: Terminal;
}

/** Resolves when the gateway is ready, or when the signal is aborted. There is no deadline: a cluster that recovers much may take long. */
export async function untilReady({ gatewayUrl, terminal }: ReadinessQuestion, signal: AbortSignal): Promise<void> {
  let toldAtMs = performance.now();
  while (!signal.aborted) {
    const missing = await whatIsMissing(`${gatewayUrl}/readyz`);
    if (missing === undefined) return;
    if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) {
      toldAtMs = performance.now();
      await terminal.say(`not ready yet: ${missing}`);
    }
    await sleep(POLL_INTERVAL_MS);
  }
}

/** Undefined when nothing is. */
async function whatIsMissing(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) });
    const body = await answer.text();
    return answer.status === 200 ? undefined : `the gateway says ${body.slice(0, 500)}`;
  } catch {
    return 'the gateway does not answer';
  }
}
