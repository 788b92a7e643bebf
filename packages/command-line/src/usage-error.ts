/** The command was not written as it has to be. Nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** Whose help to read. */
  readonly helpOf: string;

  constructor(message: string, helpOf: string) {
    super(message);
    this.helpOf = helpOf;
  }
}
