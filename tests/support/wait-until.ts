import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 25;

/** Polls a condition; rejects, saying what was waited for, when the deadline passes. A condition that throws ends the waiting. */
export async function waitUntil(what: string, deadlineMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${deadlineMs} ms in vain until ${what}`);
    await sleep(POLL_INTERVAL_MS);
  }
}
