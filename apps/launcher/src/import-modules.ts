/** Run as a process of its own: imports the modules that it is given, so that they are in the compile cache, and ends. */
import { flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';

for (const path of process.argv.slice(2)) {
  // A module that is meant for a worker thread ends with an error here, after it was compiled.
  await import(pathToFileURL(path).href).catch(() => undefined);
}
flushCompileCache();
process.exit(0);
