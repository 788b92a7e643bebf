/** From the words of a command line to a command with its input. Pure. Throws `UsageError` and suggests what was probably meant. */
import { parseArgs } from 'node:util';
import type { Command, ForwardedCommand, ParsedCommand, ParsedInput, Program } from './command.ts';
import { nearestOf } from './nearest.ts';
import { UsageError } from './usage-error.ts';

export type Request =
  | { readonly kind: 'program help' }
  | { readonly kind: 'command help'; readonly command: ParsedCommand }
  | { readonly kind: 'run'; readonly command: ParsedCommand; readonly input: ParsedInput }
  | { readonly kind: 'forward'; readonly command: ForwardedCommand; readonly args: readonly string[] };

const HELP_WORDS: ReadonlySet<string> = new Set(['--help', '-h']);

export function parseArguments(program: Program, args: readonly string[]): Request {
  const [first] = args;
  if (first === undefined || HELP_WORDS.has(first)) return { kind: 'program help' };
  if (first === 'help') return parseArguments(program, [...args.slice(1), '--help']);
  const command = commandNamed(program, args);
  const rest = args.slice(command.name.split(' ').length);
  if ('forward' in command) return { kind: 'forward', command, args: rest };
  if (rest.some((word) => HELP_WORDS.has(word))) return { kind: 'command help', command };
  return { kind: 'run', command, input: inputOf(program, command, rest) };
}

function commandNamed({ name, commands }: Program, args: readonly string[]): Command {
  const found = commands.find((command) => command.name.split(' ').every((word, index) => args[index] === word));
  if (found !== undefined) return found;
  const [first = '', second = ''] = args;
  const names = commands.map((command) => command.name);
  const ofFirstWord = names.filter((each) => each.startsWith(`${first} `));
  if (ofFirstWord.length > 0 && (second === '' || HELP_WORDS.has(second))) {
    throw new UsageError(`"${first}" needs one word more: ${ofFirstWord.map((each) => `"${each}"`).join(', ')}`, name);
  }
  const meant = nearestOf(`${first} ${second}`.trim(), names) ?? nearestOf(first, names);
  const hint = meant === undefined ? '' : `. Did you mean "${meant}"?`;
  throw new UsageError(`There is no command "${ofFirstWord.length > 0 ? `${first} ${second}` : first}"${hint}`, name);
}

function inputOf(program: Program, command: ParsedCommand, args: readonly string[]): ParsedInput {
  const helpOf = `${program.name} ${command.name}`;
  const { values, positionals: words } = parsed(command, args, helpOf);
  const names = Object.keys(command.positionals);
  const missing = names[words.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing: ${command.positionals[missing]}`, helpOf);
  if (words.length > names.length) throw new UsageError(`"${words[names.length]}" is one argument too many`, helpOf);
  return {
    options: Object.fromEntries(
      Object.entries(command.options).map(([name, { type }]) => [name, values[name] ?? (type === 'boolean' ? false : undefined)]),
    ),
    positionals: Object.fromEntries(names.map((name, index) => [name, words[index] ?? ''])),
  };
}

interface Words {
  readonly values: ParsedInput['options'];
  readonly positionals: readonly string[];
}

function parsed(command: ParsedCommand, args: readonly string[], helpOf: string): Words {
  const options = Object.fromEntries(Object.entries(command.options).map(([name, { type }]) => [name, { type }]));
  const known = Object.keys(options).map((name) => `--${name}`);
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as Words;
  } catch (error) {
    const word = /'(-[^' =]*)/.exec(error instanceof Error ? error.message : '')?.[1] ?? '';
    if (!isError(error, 'ERR_PARSE_ARGS_UNKNOWN_OPTION')) throw new UsageError(reasonOf(command, word), helpOf);
    const meant = nearestOf(word, known);
    throw new UsageError(`There is no option ${word}${meant === undefined ? '' : `. Did you mean ${meant}?`}`, helpOf);
  }
}

/** Node says it in the words of a program; people are told in theirs. */
function reasonOf(command: ParsedCommand, word: string): string {
  const option = command.options[word.replace(/^--/, '')];
  if (option?.type === 'string') return `${word} needs a value: ${word} ${option.value ?? 'VALUE'}`;
  return `${word} takes no value`;
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
