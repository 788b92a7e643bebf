/**
 * Where Node keeps compiled modules between processes: a service that a test starts strips no types and compiles nothing twice. `vitest.config.ts`
 * names it for the tests themselves.
 */
export const COMPILE_CACHE: Readonly<Record<string, string | undefined>> = {
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};
