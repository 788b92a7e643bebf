/**
 * `run.json`: which processes run now and how to start each of them by hand. It holds paths of secrets, never secrets. It is there exactly while the
 * launcher runs, and complete before the gateway can answer `/readyz` with 200.
 */
import { rmSync } from 'node:fs';
import { replaceFile } from './replace-file.ts';
import type { ServicePlan, ServiceSpec } from './service-plan.ts';

interface ProcessEntry {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface RunFile {
  readonly gateway: ProcessEntry & { readonly url: string };
  readonly auth: ProcessEntry & { readonly url: string };
  readonly nodes: ReadonlyArray<
    ProcessEntry & { readonly id: string; readonly wire: string; readonly health: string; readonly dataDir: string }
  >;
}

/** `pidOf` answers with the process that runs a service now, or ran it last. */
export function writeRunFile(path: string, plan: ServicePlan, pidOf: (spec: ServiceSpec) => number): void {
  const entry = (spec: ServiceSpec): ProcessEntry => ({ pid: pidOf(spec), argv: spec.argv, cwd: spec.cwd, env: spec.env });
  const content: RunFile = {
    gateway: { url: plan.gateway.url, ...entry(plan.gateway) },
    auth: { url: plan.auth.url, ...entry(plan.auth) },
    nodes: plan.nodes.map((node) => ({ id: node.name, wire: node.wire, health: node.health, dataDir: node.dataDir, ...entry(node) })),
  };
  replaceFile(path, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, isDurable: false });
}

export function removeRunFile(path: string): void {
  rmSync(path, { force: true });
}
