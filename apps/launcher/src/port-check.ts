/**
 * Finds out before any service starts whether all of them will be able to listen, because the launcher knows which setting is to blame. A port that is
 * taken in the moment after is reported by the service itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError } from '@netstore/shared-types';
import { tryToListen } from './listen-probe.ts';
import type { ClusterPorts } from './ports.ts';

/** Services whose launcher was killed notice it at once and have this long to end. */
const LEFTOVER_DEADLINE_MS = 15_000;
const POLL_INTERVAL_MS = 100;

interface NeededPort {
  readonly host: string;
  readonly port: number;
  readonly advice: string;
}

export interface PortCheck {
  readonly ports: ClusterPorts;
  readonly httpHost: string;
  /** Where the ports are remembered, for the advice. */
  readonly portsFile: string;
  /** Services of a launcher that was killed may still be ending on these ports. */
  readonly canWait: boolean;
}

/** Throws `NS_CONFIG_INVALID` in plain words for the first port that cannot be had. */
export async function checkPorts(check: PortCheck): Promise<void> {
  const deadline = performance.now() + (check.canWait ? LEFTOVER_DEADLINE_MS : 0);
  for (const needed of listPorts(check)) await checkPort(needed, deadline);
}

function listPorts({ ports, httpHost, portsFile }: PortCheck): NeededPort[] {
  const inner = (port: number, variable: string): NeededPort => ({
    host: '127.0.0.1',
    port,
    advice: `Stop the program that uses it, set ${variable}, or delete ${portsFile} to have new ports chosen.`,
  });
  return [
    { host: httpHost, port: ports.http, advice: 'Set NETSTORE_HTTP_PORT to another one.' },
    inner(ports.auth, 'NETSTORE_AUTH_PORT'),
    ...ports.wire.map((port) => inner(port, 'NETSTORE_NODE_WIRE_PORTS')),
    ...ports.health.map((port) => inner(port, 'NETSTORE_NODE_HEALTH_PORTS')),
  ];
}

async function checkPort({ host, port, advice }: NeededPort, deadline: number): Promise<void> {
  for (;;) {
    const failure = await tryToListen(host, port);
    if (failure === undefined) return;
    if (failure !== 'EADDRINUSE' || performance.now() >= deadline) throw refusal({ host, port, advice }, failure);
    await sleep(POLL_INTERVAL_MS);
  }
}

function refusal({ host, port, advice }: NeededPort, failure: string): NetStoreError {
  const sentence: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is in use. ${advice}`,
    EACCES: `Port ${port} on ${host} is not for this user to open. ${advice}`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Set NETSTORE_HTTP_HOST to one that is.`,
    ENOTFOUND: `${host} is not an address of this machine. Set NETSTORE_HTTP_HOST to one that is.`,
  };
  return new NetStoreError('NS_CONFIG_INVALID', sentence[failure] ?? `Port ${port} on ${host} cannot be opened: ${failure}. ${advice}`);
}
