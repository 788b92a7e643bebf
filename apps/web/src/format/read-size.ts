/** Byte counts as people type them, and back without a loss. Decimal units, as `formatSize` has them. */

const EXPONENTS: Readonly<Record<string, number>> = { '': 0, b: 0, kb: 3, mb: 6, gb: 9, tb: 12, pb: 15 };
const SIZE = /^(\d{1,16}(?:[.,]\d{1,15})?)\s*([kmgtp]?b)?$/i;

/** null for nothing, which is no limit; `undefined` for what is no size. */
export function readSize(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === '') return null;
  const match = SIZE.exec(typed);
  if (match === null) return undefined;
  const [, number = '', unit = ''] = match;
  const bytes = Math.round(Number(number.replace(',', '.')) * 10 ** (EXPONENTS[unit.toLowerCase()] ?? 0));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** In the largest unit in which no byte is lost by three decimals. `''` for no limit. */
export function writeSize(bytes: number | null): string {
  if (bytes === null) return '';
  const texts = (['TB', 'GB', 'MB', 'kB'] as const).flatMap((unit) => {
    const size = 10 ** (EXPONENTS[unit.toLowerCase()] ?? 0);
    return bytes >= size && bytes % (size / 1000) === 0 ? [`${bytes / size} ${unit}`] : [];
  });
  return texts.find((text) => readSize(text) === bytes) ?? `${bytes} B`;
}
