/**
 * How much the longest tests do. `npm test` does what is enough to see a mistake; with `NETSTORE_TEST_FULL=1`, as CI sets it, they do what NetStore
 * promises: larger files, more rounds. The same tests run either way.
 */
export function scaled<Value>({ full, brief }: { readonly full: Value; readonly brief: Value }): Value {
  return process.env['NETSTORE_TEST_FULL'] === '1' ? full : brief;
}
