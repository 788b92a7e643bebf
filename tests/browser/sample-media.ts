/**
 * A picture and a film, made by the browser under test: the film is encoded there and put into a WebM file here, with its duration and an index,
 * so that a player seeks in it by asking for ranges.
 */
import type { Page } from 'playwright-core';

export interface Film {
  readonly bytes: Buffer;
  readonly durationMs: number;
}

interface EncodedFrame {
  readonly atMs: number;
  readonly isKey: boolean;
  readonly base64: string;
}

const WIDTH = 320;
const HEIGHT = 180;

export async function makePicture(page: Page): Promise<Buffer> {
  const url = await page.evaluate(
    ([width, height]) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d');
      context?.fillRect(20, 20, 100, 80);
      return canvas.toDataURL('image/png');
    },
    [WIDTH, HEIGHT] as const,
  );
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Noise, so that it is large enough for a player not to fetch it at once. */
export async function makeFilm(page: Page, seconds: number): Promise<Film> {
  const frames = await page.evaluate(encodeNoise, { width: WIDTH, height: HEIGHT, seconds });
  return { bytes: muxWebm(frames, seconds * 1000), durationMs: seconds * 1000 };
}

/** Runs in the browser. */
async function encodeNoise({ width, height, seconds }: { width: number; height: number; seconds: number }): Promise<EncodedFrame[]> {
  const perSecond = 10;
  const frames: EncodedFrame[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      frames.push({ atMs: chunk.timestamp / 1000, isKey: chunk.type === 'key', base64: btoa(text) });
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec: 'vp8', width, height, bitrate: 4_000_000, framerate: perSecond });
  const pixels = new Uint8Array(width * height * 4);
  for (let index = 0; index < seconds * perSecond; index += 1) {
    for (let offset = 0; offset < pixels.length; offset += 65_536) crypto.getRandomValues(pixels.subarray(offset, offset + 65_536));
    const frame = new VideoFrame(pixels, { format: 'RGBX', codedWidth: width, codedHeight: height, timestamp: (index * 1e6) / perSecond });
    encoder.encode(frame, { keyFrame: index % perSecond === 0 });
    frame.close();
  }
  await encoder.flush();
  return frames;
}

/** `id · size · content`; sizes always take eight bytes. */
function element(id: number, content: Buffer): Buffer {
  const head = Buffer.alloc(12);
  const idHex = id.toString(16);
  const idBytes = Buffer.from(idHex.length % 2 === 0 ? idHex : `0${idHex}`, 'hex');
  idBytes.copy(head);
  head.writeBigUInt64BE(0x01_00_00_00_00_00_00_00n + BigInt(content.length), idBytes.length);
  return Buffer.concat([head.subarray(0, idBytes.length + 8), content]);
}

const list = (id: number, ...children: Buffer[]): Buffer => element(id, Buffer.concat(children));
const text = (id: number, value: string): Buffer => element(id, Buffer.from(value));

function number(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.round(value)));
  return element(id, bytes);
}

function float(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(id, bytes);
}

/** Matroska's elements by their ids: one cluster for each key frame, and cues that say where each begins. */
function muxWebm(frames: readonly EncodedFrame[], durationMs: number): Buffer {
  const head = list(
    0x1a45dfa3,
    number(0x4286, 1),
    number(0x42f7, 1),
    number(0x42f2, 4),
    number(0x42f3, 8),
    text(0x4282, 'webm'),
    number(0x4287, 2),
    number(0x4285, 2),
  );
  const info = list(0x1549a966, number(0x2ad7b1, 1_000_000), float(0x4489, durationMs), text(0x4d80, 'test'), text(0x5741, 'test'));
  const video = list(0xe0, number(0xb0, WIDTH), number(0xba, HEIGHT));
  const tracks = list(0x1654ae6b, list(0xae, number(0xd7, 1), number(0x73c5, 1), number(0x83, 1), text(0x86, 'V_VP8'), video));
  const clusters = groupByKey(frames).map(clusterOf);
  const cuesAt = (first: number): Buffer => {
    let position = first;
    const points = clusters.map(({ atMs, bytes }) => {
      const point = list(0xbb, number(0xb3, atMs), list(0xb7, number(0xf7, 1), number(0xf1, position)));
      position += bytes.length;
      return point;
    });
    return list(0x1c53bb6b, ...points);
  };
  // All numbers have one length, so the cues are as long with the right positions as with wrong ones.
  const cues = cuesAt(info.length + tracks.length + cuesAt(0).length);
  return Buffer.concat([head, list(0x18538067, info, tracks, cues, ...clusters.map(({ bytes }) => bytes))]);
}

function groupByKey(frames: readonly EncodedFrame[]): EncodedFrame[][] {
  const groups: EncodedFrame[][] = [];
  for (const frame of frames) {
    if (frame.isKey || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(frame);
  }
  return groups;
}

function clusterOf(frames: readonly EncodedFrame[]): { readonly atMs: number; readonly bytes: Buffer } {
  const atMs = frames[0]?.atMs ?? 0;
  const blocks = frames.map((frame) => {
    const head = Buffer.of(0x81, 0, 0, frame.isKey ? 0x80 : 0);
    head.writeInt16BE(Math.round(frame.atMs - atMs), 1);
    return element(0xa3, Buffer.concat([head, Buffer.from(frame.base64, 'base64')]));
  });
  return { atMs, bytes: list(0x1f43b675, number(0xe7, atMs), ...blocks) };
}
