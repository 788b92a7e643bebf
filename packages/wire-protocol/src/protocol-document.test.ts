import { readFileSync, writeFileSync } from 'node:fs';
import { ERROR_TABLE } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { FRAME_HEADER_BYTES } from './frame.ts';
import { HANDSHAKE_PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MAX } from './frame-decoder.ts';
import { DATA_HEADER_BYTES } from './messages/data.ts';
import { conversationDiagrams, fieldTables, messageTable } from './protocol-document.ts';
import { PROTOCOL_VERSION_MAX } from './version.ts';

const FILE = new URL('../../../docs/wire-protocol.md', import.meta.url);

/** What stands between `<!-- name -->` and `<!-- /name -->`. */
const SECTIONS: Readonly<Record<string, () => string>> = {
  messages: messageTable,
  conversations: conversationDiagrams,
  fields: fieldTables,
};

function sectionPattern(name: string): RegExp {
  return new RegExp(`(<!-- ${name} -->\n)([\\s\\S]*?)(\n<!-- /${name} -->)`);
}

/** With `UPDATE=1` the sections are written anew. */
function readDocument(): string {
  let text = readFileSync(FILE, 'utf8');
  if (process.env.UPDATE === '1') {
    for (const [name, write] of Object.entries(SECTIONS))
      text = text.replace(sectionPattern(name), (_all, open, _old, close) => `${open}${write()}${close}`);
    writeFileSync(FILE, text);
  }
  return text;
}

describe('docs/wire-protocol.md', () => {
  const text = readDocument();

  test.each(Object.keys(SECTIONS))('its section "%s" is what the code says', (name) => {
    const found = sectionPattern(name).exec(text)?.[2];
    expect(found).toBe(SECTIONS[name]?.());
  });

  test('states the limits that the code has', () => {
    expect(text).toContain(`${PAYLOAD_BYTES_MAX / 1024 / 1024} MiB of payload`);
    expect(text).toContain(`${HANDSHAKE_PAYLOAD_BYTES_MAX / 1024} KiB`);
    expect(text).toContain(`${FRAME_HEADER_BYTES + DATA_HEADER_BYTES} bytes`);
  });

  test('tells of every version', () => {
    for (let version = 1; version <= PROTOCOL_VERSION_MAX; version += 1) expect(text).toMatch(new RegExp(`^\\| ${version} \\|`, 'm'));
  });

  test('names no error code that does not exist', () => {
    for (const [code] of text.matchAll(/\bNS_[A-Z_]+\b/g)) expect(Object.keys(ERROR_TABLE)).toContain(code);
  });
});
