/** Runs one command line to its exit code. Whatever goes wrong is said in words, never as a stack trace. */
import { type NetStoreError, toNetStoreError } from '@netstore/shared-types';
import type { ParsedCommand, ParsedInput, Program } from './command.ts';
import { commandHelp, programHelp } from './help.ts';
import { parseArguments, type Request } from './parse-arguments.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** EX_USAGE of sysexits.h: the command was not understood, and nothing was done. */
export const EXIT_USAGE = 64;
/** 128 and the number of SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;

export interface RunOptions {
  readonly args: readonly string[];
  readonly terminal: Terminal;
}

export async function runProgram(program: Program, { args, terminal }: RunOptions, signal: AbortSignal): Promise<number> {
  const request = await understood(program, args, terminal);
  switch (request?.kind) {
    case undefined:
      return EXIT_USAGE;
    case 'program help':
      await terminal.print(programHelp(program));
      return args.length === 0 ? EXIT_USAGE : 0;
    case 'command help':
      await terminal.print(commandHelp(program, request.command));
      return 0;
    case 'forward':
      return request.command.forward(request.args, signal);
    case 'run':
      return runCommand(request, terminal, signal);
  }
}

async function understood(program: Program, args: readonly string[], terminal: Terminal): Promise<Request | undefined> {
  try {
    return parseArguments(program, args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await terminal.note(`${terminal.noteStyle('bad', error.message)}\nSee: ${error.helpOf} --help`);
    return undefined;
  }
}

interface Run {
  readonly command: ParsedCommand;
  readonly input: ParsedInput;
}

async function runCommand({ command, input }: Run, terminal: Terminal, signal: AbortSignal): Promise<number> {
  try {
    const exitCode = await command.run(input, terminal, signal);
    await terminal.clearProgress();
    return exitCode;
  } catch (thrown) {
    await terminal.clearProgress();
    if (signal.aborted) {
      await terminal.note('Interrupted.');
      return EXIT_INTERRUPTED;
    }
    if (thrown instanceof UsageError) {
      await terminal.note(terminal.noteStyle('bad', thrown.message));
      return EXIT_USAGE;
    }
    await sayFailure(toNetStoreError(thrown), input.options['json'] === true, terminal);
    return command.failureExitCode;
  }
}

/** With `--json` the failure is the result: `{ "error": { "code", "message" } }`. */
async function sayFailure({ code, message }: NetStoreError, isJson: boolean, terminal: Terminal): Promise<void> {
  const text = code === 'NS_INTERNAL' ? `This is a defect of NetStore: ${message}` : message;
  if (isJson) await terminal.printJson({ error: { code, message: text } });
  else await terminal.note(`${terminal.noteStyle('bad', `${text}`)} (${code})`);
}
