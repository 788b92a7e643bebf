import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { BodyReader } from './body-reader.ts';

const { signal } = new AbortController();
const LIMITS = { idleMs: 60, rateBytesPerSecondMin: 1000, rateGraceMs: 150 };

async function readAll(reader: BodyReader): Promise<string> {
  let text = '';
  for (let bytes = await reader.read(signal); bytes !== null; bytes = await reader.read(signal)) text += bytes.toString();
  return text;
}

describe('a body', () => {
  test('is read to its end, however it comes', async () => {
    const stream = new PassThrough();
    const reading = readAll(new BodyReader(stream));
    for (const part of ['one ', 'two ', 'three']) {
      stream.write(part);
      await sleep(5);
    }
    stream.end();
    expect(await reading).toBe('one two three');
  });

  test('that is empty or was read before ends at once', async () => {
    const stream = new PassThrough();
    stream.end();
    const reader = new BodyReader(stream);
    expect(await reader.read(signal)).toBeNull();
    expect(await reader.read(signal)).toBeNull();
  });

  test('that stops is given up after the idle time', async () => {
    const stream = new PassThrough();
    const reader = new BodyReader(stream, LIMITS);
    stream.write('x');
    await reader.read(signal);
    await expect(reader.read(signal)).rejects.toMatchObject({ code: 'NS_BODY_TIMEOUT' });
  });

  test('that trickles is given up after the grace', async () => {
    const stream = new PassThrough();
    const reader = new BodyReader(stream, LIMITS);
    const trickle = setInterval(() => stream.write('x'), 20);
    await expect(readAll(reader)).rejects.toMatchObject({
      code: 'NS_BODY_TIMEOUT',
      message: expect.stringContaining('1000 bytes a second'),
    });
    clearInterval(trickle);
  });

  test('is not blamed for the time that its reader takes', async () => {
    const stream = new PassThrough();
    const reader = new BodyReader(stream, LIMITS);
    stream.write('x');
    await reader.read(signal);
    stream.write('y');
    await sleep(300);
    expect(String(await reader.read(signal))).toBe('y');
  });

  test.each([
    ['is cut off', (stream: PassThrough) => stream.destroy()],
    ['breaks', (stream: PassThrough) => stream.destroy(new Error('ECONNRESET'))],
  ])('that %s is shorter than announced', async (_, end) => {
    const stream = new PassThrough();
    const reader = new BodyReader(stream);
    stream.write('half');
    await reader.read(signal);
    setTimeout(() => end(stream), 5);
    await expect(reader.read(signal)).rejects.toMatchObject({ code: 'NS_BODY_LENGTH_MISMATCH' });
    await expect(reader.read(signal)).rejects.toMatchObject({ code: 'NS_BODY_LENGTH_MISMATCH' });
  });

  test('is left alone when the reading was aborted, and the rest can be thrown away', async () => {
    const stream = new PassThrough();
    const reader = new BodyReader(stream);
    const stopping = new AbortController();
    const reading = reader.read(stopping.signal);
    stopping.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    stream.end('the rest');
    await reader.finish();
    expect(stream.readableEnded).toBe(true);
    expect(stream.listenerCount('readable')).toBe(0);
  });

  test('that is much too long to be thrown away loses its connection', async () => {
    const stream = new PassThrough();
    const chunk = Buffer.alloc(1024 * 1024);
    const feed = (): void => {
      while (!stream.destroyed && stream.write(chunk));
    };
    stream.on('drain', feed);
    feed();
    await new BodyReader(stream).finish();
    expect(stream.destroyed).toBe(true);
  });
});
