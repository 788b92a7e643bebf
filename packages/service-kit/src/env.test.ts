import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnvReader } from './env.ts';

const KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-env-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function fileWith(text: string, mode = 0o600): string {
  const path = join(directory, `${Math.random()}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function problemsOf(read: (env: EnvReader) => void, variables: Record<string, string>): readonly string[] {
  const env = new EnvReader(variables);
  read(env);
  try {
    env.finish();
  } catch (error) {
    if (error instanceof NetStoreError && error.code === 'NS_CONFIG_INVALID') return error.details.problems as string[];
    throw error;
  }
  return [];
}

describe('EnvReader', () => {
  test('reads each kind of value and finishes silently when all are right', () => {
    const env = new EnvReader({
      T: 'x',
      I: '42',
      F: 'true',
      C: 'b',
      N: 'node-1=127.0.0.1:1,node-2=[::1]:2',
      K: fileWith(`${KEY}\n`),
    });
    expect(env.text('T', { pattern: /^x$/ })).toBe('x');
    expect(env.text('UNSET', { default: 'd' })).toBe('d');
    expect(env.optionalText('UNSET')).toBeUndefined();
    expect(env.integer('I', { min: 1, max: 42 })).toBe(42);
    expect(env.integer('UNSET', { default: 7, min: 1, max: 9 })).toBe(7);
    expect(env.flag('F')).toBe(true);
    expect(env.flag('UNSET')).toBe(false);
    expect(env.choice('C', ['a', 'b'], 'a')).toBe('b');
    expect(env.keyFile('K').toString('hex')).toBe(KEY);
    expect(env.nodes('N')).toEqual([
      { id: 'node-1', host: '127.0.0.1', port: 1 },
      { id: 'node-2', host: '::1', port: 2 },
    ]);
    env.finish();
  });

  test('collects the problems of all variables before it throws', () => {
    const read = (env: EnvReader): void => {
      env.text('TEXT');
      env.integer('NUMBER', { min: 1, max: 5 });
      env.flag('FLAG');
      env.choice('CHOICE', ['a', 'b'], 'a');
      env.keyFile('KEY');
      env.nodes('NODES');
      env.problem('A and B contradict each other');
    };
    const problems = problemsOf(read, {
      NUMBER: '6',
      FLAG: 'yes',
      CHOICE: 'c',
      KEY: join(directory, 'absent'),
      NODES: 'node-1',
    });
    expect(problems).toHaveLength(7);
    expect(problems.join('\n')).toMatch(/TEXT.*\nNUMBER.*\nFLAG.*\nCHOICE.*\nKEY.*ENOENT.*\nNODES.*\nA and B/);
  });

  test('treats an empty variable as unset', () => {
    expect(new EnvReader({ A: '' }).optionalText('A')).toBeUndefined();
    expect(problemsOf((env) => env.text('A'), { A: '' })).toEqual(['A is not set']);
  });

  test.each(['1.5', '0x10', '1e1', ' 1', '', '-1', '99999999999999999999'])('refuses %j as a whole number', (value) => {
    expect(
      problemsOf((env) => env.integer('A', { min: 0, max: 100 }), {
        A: value,
      }),
    ).toHaveLength(1);
  });

  test.each([
    ['that is too short', KEY.slice(2), 0o600],
    ['that is no hex', KEY.replace('0', 'g'), 0o600],
    ['that is a sample', '00'.repeat(32), 0o600],
    ['that others can read', KEY, 0o644],
    ['of any size', 'x'.repeat(5000), 0o600],
  ])('refuses a key file %s and never quotes it', (_what, text, mode) => {
    const problems = problemsOf((env) => env.keyFile('KEY'), {
      KEY: fileWith(text, mode),
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain(text.slice(0, 20));
  });

  test('accepts a key file that its owner can only read', () => {
    expect(problemsOf((env) => env.keyFile('KEY'), { KEY: fileWith(KEY, 0o400) })).toEqual([]);
  });

  test('takes a secret from the variable or from the file, never from both', () => {
    const path = fileWith('a secret \n');
    expect(new EnvReader({ S: 'here' }).optionalSecret('S')).toBe('here');
    expect(new EnvReader({ S_FILE: path }).optionalSecret('S')).toBe('a secret ');
    expect(problemsOf((env) => env.optionalSecret('S'), { S: 'here', S_FILE: path })).toHaveLength(1);
  });

  test.each([
    'node-1=h:1,node-1=h:2',
    'node-1=h:1,node-2=h:1',
    'node-1=h:0',
    'node-1=h:65536',
    'NODE=h:1',
    '=h:1',
    'node-1=h:1,',
    'node-1=::1:5',
  ])('refuses the nodes %j', (value) => {
    expect(problemsOf((env) => env.nodes('N'), { N: value })).toHaveLength(1);
  });
});
