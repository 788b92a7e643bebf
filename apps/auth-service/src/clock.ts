/** Milliseconds since 1970. Everything that depends on time takes one, so that tests can let days pass. */
export type Clock = () => number;
