/**
 * The health routes from the start of the process to its end. A node may read its log, or wait for a copy of another's catalogue, for a
 * long time before it can be asked anything: whoever supervises it sees meanwhile that it lives, and why it is not ready.
 */
import type { Metrics, Readiness } from '@netstore/service-kit';
import type { Status } from '@netstore/wire-protocol';
import { buildApp, registerGauges } from './app.ts';
import type { Config } from './config.ts';

const OPENING = 'This node opens what is on its disk.';

export class HealthDoor implements AsyncDisposable {
  readonly #metrics: Metrics;
  readonly #app: ReturnType<typeof buildApp>;
  #waitsFor: () => string | null = () => null;
  #status: (() => Promise<Status>) | undefined;

  static async open(metrics: Metrics, address: Config['health']): Promise<HealthDoor> {
    const door = new HealthDoor(metrics);
    await door.#app.listen(address);
    return door;
  }

  private constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#app = buildApp({ metrics, isReady: () => this.#readiness() });
  }

  /** Asked for the reason until there is a status to show. */
  set waitsFor(waitsFor: () => string | null) {
    this.#waitsFor = waitsFor;
  }

  /**
   * From now on the node's status says whether it is ready, and its numbers are among the metrics. `stack` has what is asked for it: the
   * door closes before that is taken apart.
   */
  show(status: () => Promise<Status>, stack: AsyncDisposableStack): void {
    this.#status = status;
    registerGauges(this.#metrics, status);
    stack.defer(() => this[Symbol.asyncDispose]());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.close();
  }

  async #readiness(): Promise<Readiness> {
    const reason = this.#status === undefined ? (this.#waitsFor() ?? OPENING) : (await this.#status()).reason;
    return { ready: reason === null, reasons: reason === null ? [] : [reason] };
  }
}
