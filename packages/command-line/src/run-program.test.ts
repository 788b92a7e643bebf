import { NetStoreError } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { EXIT_INTERRUPTED, EXIT_USAGE, runProgram } from './run-program.ts';
import { recordedTerminal } from './testing/recorded-terminal.ts';
import { type Call, sampleProgram } from './testing/sample-program.ts';
import { UsageError } from './usage-error.ts';

async function run(line: string, fail?: () => Promise<number>, signal = new AbortController().signal) {
  const calls: Call[] = [];
  const { terminal, out, err } = recordedTerminal();
  const exitCode = await runProgram(sampleProgram(calls, fail), { args: line.split(' ').filter(Boolean), terminal }, signal);
  return { exitCode, calls, out: out(), err: err() };
}

describe('a command line', () => {
  test('runs its command and gives its exit code', async () => {
    expect(await run('show this here')).toMatchObject({ exitCode: 0, calls: [{ name: 'show' }], err: '' });
    expect(await run('thing break', async () => 4)).toMatchObject({ exitCode: 4 });
  });

  test('runs another program with what is left, and gives its exit code', async () => {
    expect(await run('outside a --b')).toMatchObject({ exitCode: 7, calls: [{ name: 'outside', input: ['a', '--b'] }] });
  });

  test('that is not understood runs nothing, and says where help is', async () => {
    const { exitCode, calls, out, err } = await run('show');
    expect({ exitCode, calls, out }).toEqual({ exitCode: EXIT_USAGE, calls: [], out: '' });
    expect(err).toBe('THING is missing: what to show\nSee: sample show --help\n');
  });

  test('without a word shows help and counts as not understood; asking for help does not', async () => {
    expect(await run('')).toMatchObject({ exitCode: EXIT_USAGE });
    expect((await run('')).out).toContain('Usage: sample');
    expect(await run('--help')).toMatchObject({ exitCode: 0 });
    expect((await run('show --help')).out).toContain('Usage: sample show');
  });
});

describe('a command that fails', () => {
  const refuse = async (): Promise<number> => {
    throw new NetStoreError('NS_CONFLICT', 'The door is closed');
  };

  test('says why in words, with the code, and never where in the program', async () => {
    const { exitCode, out, err } = await run('thing break', refuse);
    expect({ exitCode, out, err }).toEqual({ exitCode: 3, out: '', err: 'The door is closed (NS_CONFLICT)\n' });
  });

  test('says it as JSON when it was asked for JSON', async () => {
    const { exitCode, out, err } = await run('thing break --json', refuse);
    expect(JSON.parse(out)).toEqual({ error: { code: 'NS_CONFLICT', message: 'The door is closed' } });
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: '' });
  });

  test('calls a defect a defect', async () => {
    const { err } = await run('thing break', async () => {
      throw new TypeError('x is not a function');
    });
    expect(err).toBe('This is a defect of NetStore: x is not a function (NS_INTERNAL)\n');
  });

  test('for how it was asked counts as not understood', async () => {
    const { exitCode, err } = await run('thing break', async () => {
      throw new UsageError('Say --yes', 'sample thing break');
    });
    expect({ exitCode, err }).toEqual({ exitCode: EXIT_USAGE, err: 'Say --yes\n' });
  });

  test('because it was interrupted says that alone', async () => {
    const { exitCode, err } = await run('thing break', refuse, AbortSignal.abort());
    expect({ exitCode, err }).toEqual({ exitCode: EXIT_INTERRUPTED, err: 'Interrupted.\n' });
  });
});
