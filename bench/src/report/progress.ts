/**
 * Tells the person who waits how far the run is: on a terminal one line that is written over, elsewhere one line per finished step, so that a log stays
 * readable. It writes to stderr; stdout belongs to the table.
 */
import type { WriteStream } from 'node:tty';
import type { Result } from './result.ts';
import { formatNumber } from './table.ts';

const REDRAW_MS = 100;
const CLEAR_LINE = '\r\x1b[2K';

export class Progress {
  readonly #out: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean };
  #step = '';
  #drawnAt = 0;

  constructor(out: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean }) {
    this.#out = out;
  }

  /** Something that is worth a line of its own. */
  note(text: string): void {
    this.#out.write(`${this.#clear()}${text}\n`);
  }

  begin(step: string): void {
    this.#step = step;
    this.#drawnAt = 0;
    this.advance(0, 1);
  }

  /** May be called as often as there is progress; draws a few times a second. */
  advance(done: number, total: number): void {
    if (this.#out.isTTY !== true) return;
    const now = performance.now();
    if (now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const percent = Math.min(100, Math.floor((done / total) * 100));
    this.#out.write(`${CLEAR_LINE}${this.#step} … ${percent} %`);
  }

  finish(result: Result): void {
    this.note(`${result.name}: ${formatNumber(result.rate)} ${result.unit} (${formatNumber(result.seconds)} s)`);
  }

  #clear(): string {
    return this.#out.isTTY === true ? CLEAR_LINE : '';
  }
}
