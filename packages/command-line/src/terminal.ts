/**
 * What a command says and asks. Results go to standard output, so that they can be piped; remarks, progress and questions go to
 * standard error. Whether a person is there decides about colours, progress and questions.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { InputStream, OutputStream } from './streams.ts';
import { type Style, styleFor } from './style.ts';

export interface TerminalStreams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** Progress that is drawn more often only flickers. */
const PROGRESS_EVERY_MS = 200;
const CLEAR_LINE = '\r\x1b[2K';

export class Terminal {
  /** For what is printed. */
  readonly style: Style;
  /** For what is noted. */
  readonly noteStyle: Style;
  readonly #streams: TerminalStreams;
  readonly #now: () => number;
  #isOutputGone = false;
  #hasProgress = false;
  #progressAtMs = Number.NEGATIVE_INFINITY;

  constructor(streams: TerminalStreams, env: NodeJS.ProcessEnv, now: () => number = Date.now) {
    this.#streams = streams;
    this.#now = now;
    this.style = styleFor(streams.stdout, env);
    this.noteStyle = styleFor(streams.stderr, env);
    for (const stream of [streams.stdout, streams.stderr]) {
      // `netstore status | head`: whoever has read enough goes away, which is no failure.
      stream.on('error', () => {
        this.#isOutputGone = true;
      });
    }
  }

  /** Somebody can be asked. */
  get canAsk(): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /** A result. */
  async print(text: string): Promise<void> {
    await this.#write(this.#streams.stdout, `${text}\n`);
  }

  async printJson(value: unknown): Promise<void> {
    await this.print(JSON.stringify(value, undefined, 2));
  }

  /** A remark. */
  async note(text: string): Promise<void> {
    await this.clearProgress();
    await this.#write(this.#streams.stderr, `${text}\n`);
  }

  /** One line that takes the place of the one before; nothing where nobody watches. */
  async progress(line: string): Promise<void> {
    const { stderr } = this.#streams;
    if (stderr.isTTY !== true || this.#now() - this.#progressAtMs < PROGRESS_EVERY_MS) return;
    this.#progressAtMs = this.#now();
    this.#hasProgress = true;
    await this.#write(stderr, `${CLEAR_LINE}${line}`);
  }

  async clearProgress(): Promise<void> {
    if (!this.#hasProgress) return;
    this.#hasProgress = false;
    this.#progressAtMs = Number.NEGATIVE_INFINITY;
    await this.#write(this.#streams.stderr, CLEAR_LINE);
  }

  /** Anything but a clear yes is a no. Only where somebody can be asked. */
  async confirm(question: string, signal: AbortSignal): Promise<boolean> {
    await this.clearProgress();
    const lines = createInterface({ input: this.#streams.stdin, output: this.#streams.stderr });
    try {
      const answer = await lines.question(`${question} Type "yes" to go on: `, { signal });
      return answer.trim().toLowerCase() === 'yes';
    } finally {
      lines.close();
    }
  }

  async #write(stream: OutputStream, text: string): Promise<void> {
    if (this.#isOutputGone || stream.write(text)) return;
    await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined);
  }
}
