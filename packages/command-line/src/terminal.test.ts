import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Terminal } from './terminal.ts';
import { recordedTerminal } from './testing/recorded-terminal.ts';

const signal = new AbortController().signal;

describe('colours', () => {
  test('are there on a terminal, and nowhere else', () => {
    expect(recordedTerminal({ isTTY: true }).terminal.style('good', 'x')).toBe('\x1b[32mx\x1b[39m');
    expect(recordedTerminal().terminal.style('good', 'x')).toBe('x');
  });

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('are not there with %o', (env) => {
    expect(recordedTerminal({ isTTY: true, env }).terminal.style('good', 'x')).toBe('x');
  });
});

describe('progress', () => {
  test('takes one line on a terminal, and gives way to what is said', async () => {
    const { terminal, out, err } = recordedTerminal({ isTTY: true });
    await terminal.progress('half');
    await terminal.progress('too soon');
    await terminal.note('done');
    expect(err()).toBe('\r\x1b[2Khalf\r\x1b[2Kdone\n');
    expect(out()).toBe('');
  });

  test('is not written where nobody watches', async () => {
    const { terminal, err } = recordedTerminal();
    await terminal.progress('half');
    expect(err()).toBe('');
  });
});

describe('a question', () => {
  test.each([
    ['yes\n', true],
    [' YES \n', true],
    ['y\n', false],
    ['\n', false],
    ['no\n', false],
  ])('that is answered %j is %s', async (answer, expected) => {
    const { terminal, type, err } = recordedTerminal({ isTTY: true });
    const confirmed = terminal.confirm('Really?', signal);
    type(answer);
    expect(await confirmed).toBe(expected);
    expect(err()).toContain('Really? Type "yes" to go on: ');
  });

  test('can only be asked on a terminal', () => {
    expect(recordedTerminal({ isTTY: true }).terminal.canAsk).toBe(true);
    expect(recordedTerminal().terminal.canAsk).toBe(false);
  });

  test('that is interrupted is no yes', async () => {
    const { terminal } = recordedTerminal({ isTTY: true });
    await expect(terminal.confirm('Really?', AbortSignal.abort())).rejects.toThrow();
  });
});

test('a reader that goes away is no failure', async () => {
  const gone = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })) });
  const terminal = new Terminal({ stdin: new PassThrough(), stdout: gone, stderr: new PassThrough() }, {});
  await terminal.print('one');
  await terminal.print('two');
});
