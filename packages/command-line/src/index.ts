export {
  type Command,
  type CommandDefinition,
  defineCommand,
  type ForwardedCommand,
  type Input,
  type Option,
  type Options,
  type OptionValues,
  type ParsedCommand,
  type Positionals,
  type Program,
} from './command.ts';
export { EXIT_INTERRUPTED, EXIT_USAGE, type RunOptions, runProgram } from './run-program.ts';
export type { InputStream, OutputStream } from './streams.ts';
export { plain, type Style, type Tone } from './style.ts';
export { tableOf } from './table.ts';
export { Terminal, type TerminalStreams } from './terminal.ts';
export { formatBytes, formatCount, formatDuration } from './units.ts';
export { UsageError } from './usage-error.ts';
