/** Paths as they stand in URLs that must be refused, whatever they are meant to climb, hide or confuse. */

const DOTS = ['..', '%2e%2e', '.%2e', '%2e.', '%2E%2E', '%2E.', '.%2E', '%2e%2E', '.', '%2e', '%2E'];
const AROUND = [
  (dots: string) => dots,
  (dots: string) => `${dots}/etc/passwd`,
  (dots: string) => `a/${dots}`,
  (dots: string) => `a/${dots}/b`,
  (dots: string) => `${dots}/${dots}/${dots}/secret`,
  (dots: string) => `a/b/c/${dots}/${dots}/${dots}/${dots}/x`,
  (dots: string) => `${dots}%2fx`,
  (dots: string) => `x%2F${dots}`,
  (dots: string) => `a/${dots}/`,
];
const SLASHES = [
  '',
  '/',
  '//',
  'a//b',
  '/a',
  'a/',
  'a///b',
  '%2f',
  '%2F',
  'a%2fb',
  'a%2Fb',
  '%2fetc%2fpasswd',
  'a/%2f/b',
  'a%2f',
  '%2fa',
  'a//',
  '//a',
  'a/b//',
];
/** C0, DEL and C1, each as it is encoded in UTF-8. */
const CONTROLS = [...Array.from({ length: 32 }, (_, code) => code), 127, ...Array.from({ length: 32 }, (_, at) => 128 + at)].map(
  (code) => `a${encodeURIComponent(String.fromCodePoint(code))}b`,
);
const REORDERING = [0x2028, 0x2029, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff].map(
  (code) => `a${encodeURIComponent(String.fromCodePoint(code))}b`,
);
/** Dots, slashes and NUL written longer than UTF-8 allows, surrogates, and bytes that are no UTF-8 at all. */
const NOT_UTF8 = [
  '%c0%ae%c0%ae',
  '%c0%ae%c0%ae/x',
  '%c0%af',
  '%c0%80',
  '%c1%9c',
  '%c1%bf',
  '%e0%80%ae',
  '%e0%80%af',
  '%e0%9f%bf',
  '%f0%80%80%ae',
  '%f0%80%80%af',
  '%f8%80%80%80%ae',
  '%fc%80%80%80%80%ae',
  '%f5%80%80%80',
  '%ff',
  '%fe',
  '%80',
  '%bf',
  '%c3',
  '%c3%28',
  '%e2%82',
  '%e2%28%a1',
  '%f0%9f%98',
  '%ed%a0%80',
  '%ed%b0%80',
  '%ed%a0%80%ed%b0%80',
  'a%ff%feb',
];
const BROKEN_ENCODING = ['%', 'a%', '%2', 'a%2', '%zz', '%u002e%u002e', '%%32%65', 'a%b', '%-1', '%g0', '%0', '100%'];
const UNENCODED = ['a b', 'a"b', 'a\\b'.replace('\\', '\u00e9'), 'ü', '\u00a0', 'a#b', '\u0001', 'a\tb'];
const TOO_LONG = [
  'n'.repeat(256),
  `${'n'.repeat(256)}/x`,
  `x/${'n'.repeat(256)}`,
  encodeURIComponent('ü'.repeat(128)),
  encodeURIComponent('😀'.repeat(64)),
  Array.from({ length: 65 }, () => 'a').join('/'),
  Array.from({ length: 17 }, () => 'n'.repeat(255)).join('/'),
];

export const BAD_NAMES: readonly string[] = [
  ...DOTS.flatMap((dots) => AROUND.map((around) => around(dots))),
  ...SLASHES,
  ...CONTROLS,
  ...REORDERING,
  ...NOT_UTF8,
  ...BROKEN_ENCODING,
  ...UNENCODED,
  ...TOO_LONG,
];
