import { describe, expect, test } from 'vitest';
import type { ParsedCommand } from './command.ts';
import { commandHelp, programHelp } from './help.ts';
import { sampleProgram } from './testing/sample-program.ts';

const program = sampleProgram([]);

test('help of the program names every command and ends with its last words', () => {
  const help = programHelp(program);
  for (const { name, summary } of program.commands) expect(help).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  expect(help.endsWith('The end.')).toBe(true);
});

describe('help of a command', () => {
  const help = commandHelp(program, program.commands[0] as ParsedCommand);

  test('shows how it is used, its arguments, options, exit codes and an example', () => {
    expect(help).toContain('Usage: sample show THING PLACE [OPTIONS]');
    expect(help).toMatch(/^ {2}THING +what to show$/m);
    expect(help).toMatch(/^ {2}--colour NAME +in this colour$/m);
    expect(help).toMatch(/^ {2}--json +as JSON$/m);
    expect(help).toMatch(/^ {2}3 +not done$/m);
    expect(help).toContain('  sample show this here');
  });

  test('has no line that a terminal would break, where words allow it', () => {
    const command = { ...(program.commands[0] as ParsedCommand), details: ['word '.repeat(100).trim()] };
    expect(
      Math.max(
        ...commandHelp(program, command)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });

  test('leaves out what a command does not take', () => {
    expect(commandHelp(program, program.commands[1] as ParsedCommand)).not.toContain('Arguments:');
  });
});
