/**
 * How one line of a service looks to a person. On a terminal the JSON of the logger becomes time, level, message and fields in colour; anywhere
 * else the line stays as it is behind its service's name, so that other programs can still read it.
 */
import { stripVTControlCharacters, styleText } from 'node:util';

export type FormatLine = (service: string, line: string) => string;

type Style = Parameters<typeof styleText>[0];

const NAME_WIDTH = 8;
const SERVICE_STYLES: Readonly<Record<string, Style>> = { launcher: 'white', auth: 'magenta', gateway: 'cyan' };
const NODE_STYLE: Style = 'green';

/** The names that the services' logger gives to levels, as wide as each other, with their colours. */
const LEVELS: Readonly<Record<string, { readonly label: string; readonly style: Style }>> = {
  trace: { label: 'TRACE', style: 'dim' },
  debug: { label: 'DEBUG', style: 'dim' },
  info: { label: 'INFO ', style: 'green' },
  warn: { label: 'WARN ', style: 'yellow' },
  error: { label: 'ERROR', style: 'red' },
  fatal: { label: 'FATAL', style: ['bold', 'red'] },
};

/** Said by the prefix already, or of no use on a terminal. */
const FIELDS_LEFT_OUT: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'service', 'name', 'v']);

export function plainLine(service: string, line: string): string {
  return `${service.padEnd(NAME_WIDTH)} | ${line}`;
}

export function colouredLine(service: string, line: string): string {
  const prefix = paint(SERVICE_STYLES[service] ?? NODE_STYLE, `${service.padEnd(NAME_WIDTH)} │`);
  const record = parseRecord(line);
  // Names and messages may come from strangers: what would steer the terminal is taken out.
  if (record === undefined) return `${prefix} ${stripVTControlCharacters(line)}`;
  const level = LEVELS[String(record['level'])] ?? { label: String(record['level']), style: 'dim' };
  const message = stripVTControlCharacters(String(record['msg'] ?? ''));
  return [prefix, paint('dim', clock(record['time'])), paint(level.style, level.label), message, paint('dim', fieldsOf(record))]
    .join(' ')
    .trimEnd();
}

/** The message of a line of the logger at level fatal, which is how a service says why it cannot go on. */
export function fatalMessage(line: string): string | undefined {
  const record = parseRecord(line);
  return record !== undefined && record['level'] === 'fatal' ? String(record['msg'] ?? '') : undefined;
}

/** The launcher decides about colour once, by its own output; `styleText` must not decide again. */
function paint(style: Style, text: string): string {
  return text === '' ? '' : styleText(style, text, { validateStream: false });
}

function parseRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null && 'level' in record ? { ...record } : undefined;
  } catch {
    return undefined;
  }
}

function clock(time: unknown): string {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? '--:--:--.---' : date.toTimeString().slice(0, 8) + date.toISOString().slice(19, 23);
}

function fieldsOf(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .filter(([name]) => !FIELDS_LEFT_OUT.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value)}`)
    .map(stripVTControlCharacters)
    .join(' ');
}
