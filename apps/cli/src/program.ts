/** The list of commands. */
import type { Program } from '@netstore/command-line';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export function programFor(_: Surroundings): Program {
  return { name: 'netstore', summary: 'Looks after a NetStore cluster.', commands: [], epilogue: [] };
}
