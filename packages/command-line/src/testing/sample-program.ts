/** A program with every kind of command. */
import { defineCommand, type ForwardedCommand, type Program } from '../command.ts';

export interface Call {
  readonly name: string;
  readonly input: unknown;
}

/** `calls` takes what the commands were run with. `fail` is thrown by `break`. */
export function sampleProgram(calls: Call[], fail: () => Promise<number> = () => Promise.resolve(0)): Program {
  const common = { details: ['It does what it says.'], exitCodes: { 0: 'done', 3: 'not done' }, failureExitCode: 3 } as const;
  const forwarded: ForwardedCommand = {
    name: 'outside',
    summary: 'Is another program',
    forward: async (args) => {
      calls.push({ name: 'outside', input: args });
      return 7;
    },
  };
  return {
    name: 'sample',
    summary: 'Is for tests.',
    epilogue: ['The end.'],
    commands: [
      defineCommand({
        ...common,
        name: 'show',
        summary: 'Shows a thing',
        positionals: { THING: 'what to show', PLACE: 'where' },
        options: {
          json: { type: 'boolean', help: 'as JSON' },
          colour: { type: 'string', value: 'NAME', help: 'in this colour' },
        },
        examples: ['sample show this here'],
        run: async (input) => {
          calls.push({ name: 'show', input });
          return 0;
        },
      }),
      defineCommand({
        ...common,
        name: 'thing break',
        summary: 'Breaks',
        positionals: {},
        options: { json: { type: 'boolean', help: 'as JSON' } },
        examples: ['sample thing break'],
        run: fail,
      }),
      forwarded,
    ],
  };
}
