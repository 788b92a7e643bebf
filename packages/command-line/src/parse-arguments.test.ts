import { describe, expect, test } from 'vitest';
import { parseArguments } from './parse-arguments.ts';
import { sampleProgram } from './testing/sample-program.ts';
import { UsageError } from './usage-error.ts';

const program = sampleProgram([]);
const parse = (line: string) =>
  parseArguments(
    program,
    line.split(' ').filter((word) => word !== ''),
  );

function refusalOf(line: string): UsageError {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`"${line}" was understood`);
}

describe('a command line', () => {
  test('gives arguments by name and options with their values, in any order', () => {
    const input = { positionals: { THING: 'this', PLACE: 'here' }, options: { json: true, colour: 'red' } };
    for (const line of ['show this here --json --colour red', 'show --colour=red this --json here']) {
      expect(parse(line)).toMatchObject({ kind: 'run', input });
    }
  });

  test('leaves out options: not asked for, or without a value', () => {
    expect(parse('show this here')).toMatchObject({ input: { options: { json: false, colour: undefined } } });
  });

  test('takes words behind -- as they are', () => {
    expect(parse('show -- --json --colour')).toMatchObject({ input: { positionals: { THING: '--json', PLACE: '--colour' } } });
  });

  test('finds commands of two words', () => {
    expect(parse('thing break')).toMatchObject({ kind: 'run', command: { name: 'thing break' } });
  });

  test('hands everything behind the name of another program on, help too', () => {
    expect(parse('outside --help --unknown x')).toMatchObject({ kind: 'forward', args: ['--help', '--unknown', 'x'] });
  });

  test.each(['', '--help', '-h', 'help'])('asks for help of the program: "%s"', (line) => {
    expect(parse(line)).toEqual({ kind: 'program help' });
  });

  test.each(['show --help', 'show -h', 'help show', 'show this --help --unknown'])('asks for help of a command: "%s"', (line) => {
    expect(parse(line)).toMatchObject({ kind: 'command help', command: { name: 'show' } });
  });
});

describe('a command line is refused', () => {
  test.each([
    ['shwo this here', 'There is no command "shwo". Did you mean "show"?', 'sample'],
    ['thing brake', 'There is no command "thing brake". Did you mean "thing break"?', 'sample'],
    ['elephant', 'There is no command "elephant"', 'sample'],
    ['thing', '"thing" needs one word more: "thing break"', 'sample'],
    ['show', 'THING is missing: what to show', 'sample show'],
    ['show this', 'PLACE is missing: where', 'sample show'],
    ['show this here there', '"there" is one argument too many', 'sample show'],
    ['show this here --jsn', 'There is no option --jsn. Did you mean --json?', 'sample show'],
    ['show this here --elephant', 'There is no option --elephant', 'sample show'],
    ['show this here -x', 'There is no option -x', 'sample show'],
    ['show this here --colour', '--colour needs a value: --colour NAME', 'sample show'],
    ['show this here --colour --json', '--colour needs a value: --colour NAME', 'sample show'],
    ['show this here --json=yes', '--json takes no value', 'sample show'],
  ])('%s', (line, message, helpOf) => {
    const refusal = refusalOf(line);
    expect(refusal.message).toBe(message);
    expect(refusal.helpOf).toBe(helpOf);
  });
});
