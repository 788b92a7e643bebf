/**
 * Runs one gateway from its image, in place of the process of `gateway-process.ts`, as bare as compose runs it: without root, without capabilities, on a
 * file system that it cannot write. It uses this machine's network, so that it reaches services that listen on loopback alone.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GenericContainer, Wait } from 'testcontainers';
import { docker } from './container-engine.ts';
import type { GatewayRun, RunningGateway } from './gateway-process.ts';
import { giveToImageUser, runAsOwner } from './image-user.ts';
import { waitUntil } from './wait-until.ts';

const STOP_DEADLINE_MS = 15_000;

/** testcontainers has no setting for this one. */
class ReadOnlyContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
  }
}

/** Resolves when it was started and has printed something, whatever becomes of it. */
export async function runGateway({ folder, env, onOutput }: GatewayRun): Promise<RunningGateway> {
  giveToImageUser(folder, ...readdirSync(folder).map((name) => join(folder, name)));
  let isOver = false;
  const container = await runAsOwner(new ReadOnlyContainer('netstore/gateway'))
    .withNetworkMode('host')
    .withBindMounts([{ source: folder, target: folder, mode: 'ro' }])
    .withEnvironment(env)
    .withDroppedCapabilities('ALL')
    .withSecurityOpt('no-new-privileges:true')
    .withWaitStrategy(Wait.forLogMessage(/./))
    .withLogConsumer((stream) => {
      stream
        .setEncoding('utf8')
        .on('readable', () => onOutput(stream.read() ?? ''))
        .once('end', () => {
          isOver = true;
        });
    })
    .start();
  const id = container.getId();
  return {
    get pid() {
      return Number(docker('inspect', '--format', '{{.State.Pid}}', id));
    },
    get isOver() {
      return isOver;
    },
    async end(signal) {
      if (docker('inspect', '--format', '{{.State.Running}}', id) === 'true') docker('kill', '--signal', signal, id);
      await waitUntil('the container has ended', STOP_DEADLINE_MS, () => isOver);
      const exitCode = Number(docker('wait', id));
      docker('rm', '--volumes', id);
      return exitCode;
    },
  };
}
