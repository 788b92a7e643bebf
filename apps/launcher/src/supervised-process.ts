/**
 * One service as a real process: started, watched, its output shown, started again when it dies, and stopped. A process is its own group, so that a
 * Ctrl-C of the terminal reaches the launcher alone and the order of stopping is the launcher's. The IPC channel carries no messages; its end
 * tells the service that the launcher is gone, however it went.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError } from '@netstore/shared-types';
import { readLines } from './lines.ts';
import { fatalMessage } from './log-format.ts';
import { restartDelayMs } from './restart-delay.ts';
import type { ServiceSpec } from './service-plan.ts';
import type { Terminal } from './terminal.ts';

/**
 * EX_SOFTWARE and EX_TEMPFAIL of sysexits.h, as the nodes use them: what is to be put right or switched in, the next start does. Also
 * before it was ever ready, so often.
 */
const EXITS_TO_START_AGAIN: ReadonlySet<number | null> = new Set([70, 75]);
const STARTS_AGAIN_MAX = 3;
/** After a process ended, its last lines may still be on their way. */
const LAST_LINES_DEADLINE_MS = 1_000;

export interface SupervisionOptions {
  readonly terminal: Terminal;
  /** `never`: a service that dies stays down. */
  readonly restart: 'always' | 'never';
  /** How long a service may take to stop by itself. */
  readonly stopDeadlineMs: number;
  /** Called in the same turn in which a process was started again. */
  readonly onRestarted: () => void;
}

interface Death {
  /** In words. */
  readonly how: string;
  readonly exitCode: number | null;
}

/** One life of the process. */
interface Life {
  readonly child: ChildProcess;
  readonly startedAtMs: number;
  readonly ended: Promise<Death>;
  readonly outputShown: Promise<unknown>;
}

export class SupervisedProcess {
  readonly spec: ServiceSpec;
  readonly #options: SupervisionOptions;
  readonly #stopping = new AbortController();
  #life: Life;
  #lastFatal: string | undefined;
  #hasStarted = false;

  /** Starts the process at once. */
  constructor(spec: ServiceSpec, options: SupervisionOptions) {
    this.spec = spec;
    this.#options = options;
    this.#life = this.#begin();
  }

  /** 0 when the operating system refused to start it. */
  get pid(): number {
    return this.#life.child.pid ?? 0;
  }

  /** From now on every death is a reason to start it again; before, most mean that the service cannot start. */
  markStarted(): void {
    this.#hasStarted = true;
  }

  /** Settles when the process is not to run any more: fulfilled after `stop`, or after a death with restarts off; rejected when it cannot start. */
  async supervise(): Promise<void> {
    const { terminal, restart, onRestarted } = this.#options;
    let delayMs = 0;
    for (let deaths = 1; ; deaths += 1) {
      const { how, exitCode } = await this.#life.ended;
      if (this.#stopping.signal.aborted) return;
      const isToStartAgain = EXITS_TO_START_AGAIN.has(exitCode) && deaths <= STARTS_AGAIN_MAX;
      if (!this.#hasStarted && !isToStartAgain) throw await this.#startFailure(how);
      if (restart === 'never') return terminal.say(`${this.spec.name} ${how}; it stays down, because NETSTORE_RESTART is "never"`);
      delayMs = restartDelayMs(delayMs, performance.now() - this.#life.startedAtMs);
      await terminal.say(`${this.spec.name} ${how}; it is started again in ${delayMs / 1_000} s`);
      if (!(await this.#pause(delayMs))) return;
      this.#life = this.#begin();
      onRestarted();
    }
  }

  /** Asks the process to stop and ends it when it does not. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const { terminal, stopDeadlineMs } = this.#options;
    const { child, ended, outputShown } = this.#life;
    child.kill('SIGTERM');
    const timer = setTimeout(() => {
      void terminal.say(`${this.spec.name} did not stop within ${stopDeadlineMs / 1_000} s and is ended`);
      child.kill('SIGKILL');
    }, stopDeadlineMs);
    await ended;
    clearTimeout(timer);
    await Promise.race([outputShown, sleep(LAST_LINES_DEADLINE_MS, undefined, { ref: false })]);
  }

  #begin(): Life {
    const [command, ...args] = this.spec.argv;
    const child = spawn(command, args, {
      cwd: this.spec.cwd,
      env: { ...this.spec.env, ...this.spec.unrecordedEnv },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    const { promise: ended, resolve } = Promise.withResolvers<Death>();
    child.once('exit', (code, signal) =>
      resolve({ how: signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`, exitCode: code }),
    );
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ how: `could not be run: ${error.message}`, exitCode: null });
    });
    const outputShown = Promise.all([this.#showOutput(child.stdout), this.#showOutput(child.stderr)]);
    return { child, startedAtMs: performance.now(), ended, outputShown };
  }

  async #showOutput(stream: ChildProcess['stdout']): Promise<void> {
    if (stream === null) return;
    try {
      for await (const line of readLines(stream)) {
        this.#lastFatal = fatalMessage(line) ?? this.#lastFatal;
        await this.#options.terminal.show(this.spec.name, line);
      }
    } catch {
      // A pipe that breaks says only that the process is gone, and that is noticed by itself.
    }
  }

  async #startFailure(how: string): Promise<NetStoreError> {
    await Promise.race([this.#life.outputShown, sleep(LAST_LINES_DEADLINE_MS, undefined, { ref: false })]);
    const why = this.#lastFatal ?? 'Its last lines above say why.';
    return new NetStoreError('NS_UNAVAILABLE', `${this.spec.name} ${how}: ${why}`);
  }

  /** False when the launcher began to stop meanwhile. */
  async #pause(delayMs: number): Promise<boolean> {
    try {
      await sleep(delayMs, undefined, { signal: this.#stopping.signal });
      return true;
    } catch {
      return false;
    }
  }
}
