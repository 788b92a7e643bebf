/**
 * Runs the five services of a plan until told to stop: starts them, records them, says when files can be uploaded, and stops them in the order in
 * which they need each other. A service that dies before the cluster was ready ends everything; one that dies later is its supervisor's business.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { DataDirectory } from './data-directory.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import type { ServicePlan, ServiceSpec } from './service-plan.ts';
import { SupervisedProcess } from './supervised-process.ts';
import type { Terminal } from './terminal.ts';
import { untilReady } from './until-ready.ts';

/** Services have the same deadline for themselves, so that this one only ends those that hang. */
const STOP_DEADLINE_MS = 10_000;

export interface ClusterRun {
  readonly plan: ServicePlan;
  readonly directory: Pick<DataDirectory, 'runFile' | 'setupTokenFile'>;
  readonly terminal: Terminal;
  readonly restart: 'always' | 'never';
}

/** Fulfilled after an orderly stop, asked for by the signal; rejected, with nothing left running, when a service cannot start. */
export async function runCluster({ plan, directory, terminal, restart }: ClusterRun, signal: AbortSignal): Promise<void> {
  const processes = new Map<ServiceSpec, SupervisedProcess>();
  const record = (): void => writeRunFile(directory.runFile, plan, (spec) => processes.get(spec)?.pid ?? 0);
  const onRestarted = (): void => {
    try {
      record();
    } catch (error) {
      // A full disk must not take down services that run.
      void terminal.say(`run.json could not be rewritten: ${String(error)}`);
    }
  };
  try {
    for (const spec of [plan.auth, ...plan.nodes, plan.gateway]) {
      processes.set(spec, new SupervisedProcess(spec, { terminal, restart, onRestarted, stopDeadlineMs: STOP_DEADLINE_MS }));
    }
    // In the same turn as the last start: no process can have become ready before the record is complete.
    record();
    const supervised = superviseAll([...processes.values()]);
    await Promise.race([supervised, untilReady({ gatewayUrl: plan.gateway.url, terminal }, signal)]);
    if (!signal.aborted) {
      for (const each of processes.values()) each.markStarted();
      await announceReady(plan.gateway.url, directory.setupTokenFile, terminal);
    }
    await Promise.race([supervised, untilAborted(signal)]);
    await terminal.say('stopping');
  } finally {
    const stop = (...specs: readonly ServiceSpec[]): Promise<unknown> => Promise.all(specs.map((spec) => processes.get(spec)?.stop()));
    await stop(plan.gateway);
    await stop(...plan.nodes);
    await stop(plan.auth);
    removeRunFile(directory.runFile);
  }
  await terminal.say('stopped');
}

/** Never fulfilled: with every service down and restarts off there are still hands that may start one. */
function superviseAll(processes: readonly SupervisedProcess[]): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  for (const each of processes) each.supervise().catch(reject);
  return promise;
}

async function announceReady(gatewayUrl: string, setupTokenFile: string, terminal: Terminal): Promise<void> {
  await terminal.announce(`NetStore is ready at ${gatewayUrl}`);
  if (!existsSync(setupTokenFile)) return;
  const token = readFileSync(setupTokenFile, 'utf8').trim();
  await terminal.announce(`Create the first administrator at ${gatewayUrl}/setup#token=${encodeURIComponent(token)}`);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // The launcher must stay when nothing else keeps it alive.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(alive);
}
