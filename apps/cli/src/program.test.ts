import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runProgram, Terminal } from '@netstore/command-line';
import { describe, expect, test } from 'vitest';
import { programFor } from './program.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const program = programFor({ env: {}, cwd: '/' });
const names = program.commands.map(({ name }) => name);
/** These are programs of their own. */
const OFFLINE = ['fsck', 'export'];

async function run(...args: string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()] as const;
  const terminal = new Terminal({ stdin, stdout, stderr }, {});
  const status = await runProgram(program, { args, terminal }, new AbortController().signal);
  return { status, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

function spawned(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', env: {}, cwd: '/' });
  return { status, stdout, stderr };
}

test('there is every command that the documents promise', () => {
  expect(names).toEqual(['status', 'safe-to-stop', 'promote', 'node replace', 'scrub', 'verify', 'audit verify', ...OFFLINE]);
});

test.each(names)('"%s --help" shows how it is used, an example, and --json', async (name) => {
  const args = [...name.split(' '), '--help'];
  const { status, stdout, stderr } = OFFLINE.includes(name) ? spawned(...args) : await run(...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`Usage: netstore ${name}`);
  expect(stdout).toMatch(/Examples:\n {2}netstore /);
  expect(stdout).toContain('--json');
  expect(stdout).toContain('Exit codes:');
});

describe('a mistake is answered in words', () => {
  test.each([
    [['stauts'], 64, 'Did you mean "status"?'],
    [['node'], 64, '"node replace"'],
    [['promote'], 64, 'NODE is missing'],
    [['status', '--jsn'], 64, 'Did you mean --json?'],
    [['status', '--data-dir', '/nowhere'], 2, 'No cluster was found'],
    [['promote', 'node-1', '--data-dir', '/nowhere'], 1, 'No cluster was found'],
  ])('%j', async (args, status, text) => {
    const result = await run(...args);
    expect(result).toMatchObject({ status, stdout: '' });
    expect(result.stderr).toContain(text);
  });

  test.each([
    [['fsck'], 64, 'DATADIR is missing'],
    [['export', '/nowhere', '/nowhere-else'], 2, 'is not the data directory of a storage node'],
  ])('%j, by the program that it starts', (args, status, text) => {
    const result = spawned(...args);
    expect(result).toMatchObject({ status, stdout: '' });
    expect(result.stderr).toContain(text);
    expect(result.stderr).not.toMatch(/^\s+at /m);
  });
});
