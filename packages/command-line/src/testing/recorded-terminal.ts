/** A terminal whose output is kept, and at which somebody may sit. */
import { PassThrough } from 'node:stream';
import { Terminal } from '../terminal.ts';

export interface RecordedTerminal {
  readonly terminal: Terminal;
  readonly out: () => string;
  readonly err: () => string;
  /** What the person types. */
  readonly type: (text: string) => void;
}

export function recordedTerminal({ isTTY = false, env = {} }: { isTTY?: boolean; env?: NodeJS.ProcessEnv } = {}): RecordedTerminal {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()].map((stream) =>
    Object.assign(stream, { isTTY }),
  );
  if (stdin === undefined || stdout === undefined || stderr === undefined) throw new Error('three streams');
  const read = (stream: PassThrough): (() => string) => {
    let text = '';
    return () => {
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) text += chunk.toString();
      return text;
    };
  };
  return {
    terminal: new Terminal({ stdin, stdout, stderr }, env),
    out: read(stdout),
    err: read(stderr),
    type: (text) => stdin.write(text),
  };
}
