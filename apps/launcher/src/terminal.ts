/** What the launcher prints: lines of the services behind their names, its own lines likewise, and the few lines meant for people and programs bare. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { colouredLine, type FormatLine, plainLine } from './log-format.ts';

export type OutputStream = Writable & { readonly isTTY?: boolean };

export class Terminal {
  readonly #stream: OutputStream;
  readonly #format: FormatLine;
  #isGone = false;

  constructor(stream: OutputStream, env: NodeJS.ProcessEnv) {
    this.#stream = stream;
    this.#format = stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? colouredLine : plainLine;
    // Whoever read the output may go away; the cluster goes on without being watched.
    stream.on('error', () => {
      this.#isGone = true;
    });
  }

  /** One line of a service. Resolves when there is room for the next. */
  async show(service: string, line: string): Promise<void> {
    await this.announce(this.#format(service, line));
  }

  /** One line of the launcher itself. */
  say(text: string): Promise<void> {
    return this.show('launcher', text);
  }

  /** A line on its own, without a name before it. */
  async announce(text: string): Promise<void> {
    if (this.#isGone) return;
    if (this.#stream.write(`${text}\n`)) return;
    await Promise.race([once(this.#stream, 'drain'), once(this.#stream, 'close')]).catch(() => undefined);
  }
}
