/** Help, made from the description that the parser reads. Pure. */
import type { Option, Options, ParsedCommand, Program } from './command.ts';
import { tableOf } from './table.ts';

const LINE_WIDTH = 100;

export function programHelp({ name, summary, commands, epilogue }: Program): string {
  const list = tableOf(
    commands.map((command) => [command.name, command.summary]),
    { indent: '  ' },
  );
  return [
    `Usage: ${name} COMMAND [OPTIONS]`,
    summary,
    `Commands:\n${list}`,
    `"${name} COMMAND --help" says more about one.`,
    ...epilogue.map(wrap),
  ].join('\n\n');
}

export function commandHelp(program: Program, command: ParsedCommand): string {
  const { name, summary, details, positionals, options, examples, exitCodes } = command;
  const usage = ['Usage:', program.name, name, ...Object.keys(positionals), '[OPTIONS]'].join(' ');
  return [
    usage,
    `${summary}.`,
    ...details.map(wrap),
    ...sectionOf('Arguments', Object.entries(positionals)),
    ...sectionOf('Options', [...optionRows(options), ['--help', 'says this']]),
    ...sectionOf('Exit codes', Object.entries(exitCodes)),
    `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`,
  ].join('\n\n');
}

function optionRows(options: Options): [string, string][] {
  return Object.entries(options).map(([name, option]) => [`--${name}${shownValue(option)}`, option.help]);
}

function shownValue({ type, value }: Option): string {
  return type === 'string' ? ` ${value ?? 'VALUE'}` : '';
}

function sectionOf(title: string, rows: ReadonlyArray<readonly string[]>): string[] {
  return rows.length === 0 ? [] : [`${title}:\n${tableOf(rows, { indent: '  ' })}`];
}

function wrap(paragraph: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
