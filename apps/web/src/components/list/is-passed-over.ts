/** Whether nothing of the last loaded page may be seen: what may be seen is further on, if anywhere. */
export function isPassedOver(pages: readonly { readonly entries: readonly unknown[] }[]): boolean {
  return pages.at(-1)?.entries.length === 0;
}
