/** The windows and colours that every page has to look good in. */
import type { BrowserContextOptions } from 'playwright-core';

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export const LOOKS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['on a laptop in light', { colorScheme: 'light' }],
  ['on a laptop in dark', { colorScheme: 'dark' }],
  ['on a phone in light', { ...PHONE, colorScheme: 'light' }],
  ['on a phone in dark', { ...PHONE, colorScheme: 'dark' }],
];
