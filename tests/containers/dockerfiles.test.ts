/** The image files, read as text: what can be wrong in them without an engine to say so. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCOPE = '@netstore/';

function workspaceDependencies(folder: string, seen = new Set<string>()): Set<string> {
  const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const name of Object.keys(dependencies).filter((each) => each.startsWith(SCOPE))) {
    const dependency = `packages/${name.slice(SCOPE.length)}`;
    if (seen.has(dependency)) continue;
    seen.add(dependency);
    workspaceDependencies(dependency, seen);
  }
  return seen;
}

describe.each(['auth-service', 'storage-node', 'gateway'])('the image of %s', (service) => {
  const text = readFileSync(join(ROOT, 'apps', service, 'Dockerfile'), 'utf8');
  const lastStage = text.slice(text.lastIndexOf('\nFROM '));

  test('installs and contains every workspace package that the service needs, and no other', () => {
    const expected = [...workspaceDependencies(`apps/${service}`)].sort();
    const contained = [...lastStage.matchAll(/^COPY (packages\/\S+) /gm)].map(([, folder]) => folder).sort();
    expect(contained).toEqual(expected);
    const installStage = text.slice(text.indexOf('AS install'), text.lastIndexOf('\nFROM '));
    const installed = [...installStage.matchAll(/^COPY (packages\/\S+)\/package\.json /gm)].map(([, folder]) => folder).sort();
    expect(installed).toEqual(expected);
  });

  test('takes its base by build argument, drops root, and says how it is known to be healthy', () => {
    expect(text).toMatch(/^ARG BASE_IMAGE=node:26-bookworm-slim$/m);
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)).toEqual(text.match(/^FROM/gm)?.map(() => '$' + '{BASE_IMAGE}'));
    expect(lastStage).toMatch(/^USER node$/m);
    expect(lastStage).toMatch(/^HEALTHCHECK [^\n]*\\\n {2}CMD \[.*\/readyz.*\]$/m);
  });

  test('needs no syntax that only BuildKit knows', () => {
    expect(text).not.toMatch(/^# syntax=|--mount=|--link|--chmod|<<EOF/m);
  });

  test('starts a file that is there', () => {
    const [, main] = /^CMD \["node", "([^"]+)"\]$/m.exec(lastStage) ?? [];
    expect(main).toBe(`apps/${service}/src/main.ts`);
    expect(existsSync(join(ROOT, main ?? ''))).toBe(true);
  });
});

describe('the image of storage-node', () => {
  const text = readFileSync(join(ROOT, 'apps', 'storage-node', 'Dockerfile'), 'utf8');

  test('has the netstore command, with every package that it needs, under a name that is found', () => {
    const needed = workspaceDependencies('apps/cli');
    expect(needed.size).toBeGreaterThan(3);
    for (const folder of needed) expect(text).toContain(`\nCOPY ${folder} ${folder}\n`);
    expect(text).toMatch(/^RUN npm ci .*--workspace apps\/cli$/m);
    const [, main] = /^RUN ln -s \/netstore\/(\S+) \/usr\/local\/bin\/netstore$/m.exec(text) ?? [];
    expect(readFileSync(join(ROOT, main ?? ''), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(join(ROOT, main ?? '')).mode & 0o111).toBe(0o111);
  });
});

describe('the compose file', () => {
  const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');

  test('has none of the top-level keys that one of compose 1.29 and compose 2 does not take', () => {
    expect(text).not.toMatch(/^(?:name|version):/m);
  });

  test('runs three storage nodes that differ in nothing but their names', () => {
    const nodes = [1, 2, 3].map((number) =>
      new RegExp(`^  node-${number}:\\n((?:    .*\\n)+)`, 'm').exec(text)?.[1]?.replaceAll(`node-${number}`, 'node-N'),
    );
    expect(nodes[0]).toContain('NETSTORE_NODE_ID: node-N');
    expect(nodes[1]).toBe(nodes[0]);
    expect(nodes[2]).toBe(nodes[0]);
  });
});
