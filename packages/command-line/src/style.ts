/** Colours for people, and nothing for programs. */
import { styleText } from 'node:util';
import type { OutputStream } from './streams.ts';

export type Tone = 'good' | 'warning' | 'bad' | 'strong' | 'quiet';
export type Style = (tone: Tone, text: string) => string;

const FORMATS = { good: 'green', warning: 'yellow', bad: 'red', strong: 'bold', quiet: 'dim' } as const;

export const plain: Style = (_, text) => text;

/** Colours only on a terminal that has them, and for nobody who asked for none (`NO_COLOR`). */
export function styleFor(stream: OutputStream, env: NodeJS.ProcessEnv): Style {
  const hasColours = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return hasColours ? (tone, text) => styleText(FORMATS[tone], text, { validateStream: false }) : plain;
}
