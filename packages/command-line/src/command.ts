/**
 * What a command is: its words, what it takes, and what it does. Parser, help and suggestions all read this one description, so that
 * they cannot differ.
 */
import type { Terminal } from './terminal.ts';

export interface Option {
  readonly type: 'boolean' | 'string';
  /** What help shows for the value: `DIR`. Only of an option that takes one. */
  readonly value?: string;
  readonly help: string;
}
export type Options = Readonly<Record<string, Option>>;
/** Names, in order, each with what help says of it. All of them are needed. */
export type Positionals = Readonly<Record<string, string>>;

export type OptionValues<Of extends Options> = {
  readonly [Name in keyof Of]: Of[Name]['type'] extends 'boolean' ? boolean : string | undefined;
};

export interface Input<Of extends Options, Named extends Positionals> {
  readonly options: OptionValues<Of>;
  readonly positionals: { readonly [Name in keyof Named]: string };
}

interface Description {
  /** One word, or two: `node replace`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
}

export interface CommandDefinition<Of extends Options, Named extends Positionals> extends Description {
  /** Paragraphs for its own help. */
  readonly details: readonly string[];
  readonly positionals: Named;
  readonly options: Of;
  /** At least one. */
  readonly examples: readonly string[];
  readonly exitCodes: Readonly<Record<number, string>>;
  /** Of an error that `run` throws. */
  readonly failureExitCode: number;
  /** Gives the exit code. */
  readonly run: (input: Input<Of, Named>, terminal: Terminal, signal: AbortSignal) => Promise<number>;
}

/** Another program carries it out, which has its own help: everything behind the name is handed on unread. */
export interface ForwardedCommand extends Description {
  readonly forward: (args: readonly string[], signal: AbortSignal) => Promise<number>;
}

/** What the parser gives: the types of a command's own options are known to its `run` alone. */
export interface ParsedInput {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: Readonly<Record<string, string>>;
}

export interface ParsedCommand extends Omit<CommandDefinition<Options, Positionals>, 'run'> {
  readonly run: (input: ParsedInput, terminal: Terminal, signal: AbortSignal) => Promise<number>;
}

export type Command = ParsedCommand | ForwardedCommand;

export interface Program {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** The last lines of its help. */
  readonly epilogue: readonly string[];
}

/** Lets `run` see the types of its own options; the parser gives what they ask for. */
export function defineCommand<const Of extends Options, const Named extends Positionals>(
  definition: CommandDefinition<Of, Named>,
): ParsedCommand {
  return definition as unknown as ParsedCommand;
}
