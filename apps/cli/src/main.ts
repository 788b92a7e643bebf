#!/usr/bin/env node
/** The `netstore` command. The only file of it that reads the environment. */
import { runProgram, Terminal } from '@netstore/command-line';
import { programFor } from './program.ts';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stopping.abort());
const terminal = new Terminal(process, process.env);
process.exitCode = await runProgram(
  programFor({ env: process.env, cwd: process.cwd() }),
  { args: process.argv.slice(2), terminal },
  stopping.signal,
);
