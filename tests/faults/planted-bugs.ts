/**
 * Loaded before a storage node (`node --import`): plants what `NETSTORE_PLANTED` names, separated by commas, into the modules as they are loaded.
 * `crash: x@3` is a crash at the third pass. The node says on its standard error what was planted; what does not fit ends it.
 */
import { registerHooks } from 'node:module';
import { PLANTS, type Plant } from './plants.ts';

interface Wanted extends Plant {
  readonly name: string;
}

const crashAt = new Map<string, number>();
const wanted: Wanted[] = (process.env['NETSTORE_PLANTED'] ?? '')
  .split(',')
  .filter((name) => name !== '')
  .map(parse);

function parse(text: string): Wanted {
  const [name = '', pass = '1'] = text.split('@');
  const plant = PLANTS[name];
  if (plant === undefined) throw new Error(`There is nothing to plant that is called ${name}`);
  crashAt.set(name, Number(pass));
  return { name, ...plant };
}

Object.assign(globalThis, {
  crashHere(point: string): void {
    const name = `crash: ${point}`;
    const left = (crashAt.get(name) ?? 1) - 1;
    crashAt.set(name, left);
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  },
});

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const own = wanted.filter(({ module }) => url.endsWith(module));
    if (own.length === 0) return loaded;
    let source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    for (const { name, find, replace } of own) {
      if (source.split(find).length !== 2) throw new Error(`'${name}' does not fit ${url}: expected once: ${find}`);
      source = source.replace(find, () => replace);
      process.stderr.write(`${JSON.stringify({ planted: name })}\n`);
    }
    return { ...loaded, source };
  },
});
