/** `npm start`: the whole cluster on this machine, from the command to Ctrl-C. */

import { fileURLToPath } from 'node:url';
import { toNetStoreError } from '@netstore/shared-types';
import { buildPage } from './build-page.ts';
import { compileServices } from './compile-services.ts';
import { readConfig } from './config.ts';
import { openDataDirectory } from './data-directory.ts';
import { checkPorts } from './port-check.ts';
import { choosePorts } from './ports.ts';
import { runCluster } from './run-cluster.ts';
import { prepareSecrets } from './secrets.ts';
import { planServices } from './service-plan.ts';
import { listenForStop } from './stop-signal.ts';
import { Terminal } from './terminal.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

async function start(signal: AbortSignal): Promise<void> {
  const terminal = new Terminal(process.stdout, process.env);
  const config = readConfig(process.env, process.cwd());
  using directory = openDataDirectory(config.dataDir);
  const secrets = prepareSecrets(directory.secretsDir);
  const ports = await choosePorts(directory.portsFile, config.ports);
  await checkPorts({ ports, httpHost: config.httpHost, portsFile: directory.portsFile, canWait: directory.wasLeftRunning });
  const parts = { root, terminal, env: config.passedOn };
  const [webDir] = await Promise.all([buildPage(parts, signal), compileServices(parts, signal)]);
  const plan = planServices({ config, ports, secrets, root, webDir });
  await runCluster({ plan, directory, terminal, restart: config.restart }, signal);
}

const stopping = listenForStop();
try {
  await start(stopping);
  process.exit(0);
} catch (thrown) {
  if (stopping.aborted) process.exit(0);
  const error = toNetStoreError(thrown);
  // A defect of the launcher itself is for its developers; everything else is for the person at the terminal.
  console.error(error.code === 'NS_INTERNAL' ? thrown : `NetStore cannot start. ${error.message}`);
  process.exit(1);
}
