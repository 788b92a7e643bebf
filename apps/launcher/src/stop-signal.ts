/** Every way in which a person or a machine asks the launcher to stop. Asking again changes nothing: npm and terminals both pass a Ctrl-C on. */
export function listenForStop(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  return stopping.signal;
}
