import { type FormEvent, useState } from 'react';

interface Submitting {
  readonly submit: (event: FormEvent) => Promise<void>;
  readonly isBusy: boolean;
  readonly problem: unknown;
}

/** Sends a form once at a time and keeps what went wrong. After it went well the form has nothing more to say. */
export function useSubmit(action: () => Promise<void>): Submitting {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    setProblem(undefined);
    try {
      await action();
    } catch (thrown) {
      setProblem(thrown);
    } finally {
      setIsBusy(false);
    }
  };
  return { submit, isBusy, problem };
}
