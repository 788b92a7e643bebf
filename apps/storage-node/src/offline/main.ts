#!/usr/bin/env node
/** What can be done with a data directory while no node runs on it. The `netstore` command starts this with its own arguments. */
import { runProgram, Terminal } from '@netstore/command-line';
import { exportCommand } from './export-command.ts';
import { fsckCommand } from './fsck-command.ts';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stopping.abort());
const program = {
  name: 'netstore',
  summary: 'Looks into the data directory of a storage node that is not running.',
  commands: [fsckCommand, exportCommand],
  epilogue: [],
};
process.exitCode = await runProgram(
  program,
  { args: process.argv.slice(2), terminal: new Terminal(process, process.env) },
  stopping.signal,
);
