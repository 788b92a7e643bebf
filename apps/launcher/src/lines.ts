/** Cuts the output of a process into lines, whatever pieces it arrives in. */
import { StringDecoder } from 'node:string_decoder';

/** A service that never ends its line must not fill the launcher's memory: a longer line is cut in pieces. */
export const LINE_CHARACTERS_MAX = 65_536;

export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) yield line;
    for (; rest.length > LINE_CHARACTERS_MAX; rest = rest.slice(LINE_CHARACTERS_MAX)) yield rest.slice(0, LINE_CHARACTERS_MAX);
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}
