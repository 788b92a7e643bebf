/** What the fake auth service sends. */

export interface Answer {
  readonly status: number;
  readonly body: object | null;
}

export function problem(status: number, code: string): Answer {
  return { status, body: { code, detail: code, status } };
}
