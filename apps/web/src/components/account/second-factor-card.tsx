import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatTime } from '../../format/time.ts';
import { useNetStore } from '../../net-store.ts';
import { ProblemNote } from '../problem-note.tsx';
import { TurnOffDialog } from './turn-off-dialog.tsx';
import { TurnOnDialog } from './turn-on-dialog.tsx';

export function SecondFactorCard() {
  const { people } = useNetStore();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: ['second-factor'], queryFn: ({ signal }) => people.secondFactor(signal) });
  const [isAsked, setIsAsked] = useState(false);
  const close = (): void => {
    setIsAsked(false);
    void queries.invalidateQueries({ queryKey: ['second-factor'] });
  };
  return (
    <section className="card" aria-labelledby="second-factor-title">
      <h2 id="second-factor-title" className="section-title">
        Second factor
      </h2>
      {data === undefined && error === null && <p role="status">Loading…</p>}
      {data === undefined && error !== null && (
        <ProblemNote title="It could not be loaded" problem={error} onRetry={() => void refetch()} />
      )}
      {data?.isOn === false && (
        <p className="dialog-text">
          Besides the password, ask for a code from an app on your phone. A stolen password is worth nothing then.
        </p>
      )}
      {data?.isOn === true && data.since !== null && (
        <p className="dialog-text">
          On since {formatTime(data.since)}. {data.recoveryCodesLeft} of 10 recovery codes are left
          {data.recoveryCodesLeft < 3 ? ': turn it off and on again to get new ones.' : '.'}
        </p>
      )}
      {data !== undefined && (
        <button type="button" className="button" onClick={() => setIsAsked(true)}>
          {data.isOn ? 'Turn off' : 'Turn on'}
        </button>
      )}
      {isAsked && (data?.isOn === true ? <TurnOffDialog onClose={close} /> : <TurnOnDialog onClose={close} />)}
    </section>
  );
}
