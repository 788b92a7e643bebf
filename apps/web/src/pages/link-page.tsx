/** What the pages of one-time links share: the token is looked up before anything is asked of whoever opened it. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { toApiProblem } from '../api/api-problem.ts';
import { ProblemNote } from '../components/problem-note.tsx';
import { Door } from '../components/shell/door.tsx';
import { useLinkToken } from '../components/shell/use-link-token.ts';

interface LinkPageProps<Offer> {
  /** What the link is: `invitation`. */
  readonly what: string;
  readonly lookUp: (token: string, signal: AbortSignal) => Promise<Offer>;
  readonly children: (token: string, offer: Offer) => ReactNode;
}

export function LinkPage<Offer>({ what, lookUp, children }: LinkPageProps<Offer>) {
  const token = useLinkToken();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['link', what, token],
    queryFn: ({ signal }) => lookUp(token, signal),
    enabled: token !== '',
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (token === '')
    return <BadLink title="Link needed" text={`This page works only with the link of an ${what} that an admin gave you.`} />;
  if (data !== undefined) return children(token, data);
  if (isPending) return <Door title="Looking at the link…">{null}</Door>;
  const problem = toApiProblem(error);
  if (problem.code === 'NS_BAD_LINK') return <BadLink title="This link does not work" text={problem.message} />;
  return (
    <Door title="The link could not be looked at">
      <ProblemNote title="No answer" problem={problem} onRetry={() => void refetch()} />
    </Door>
  );
}

function BadLink({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <Door title={title} text={text}>
      <Link className="button button-wide" to="/">
        Go to sign-in
      </Link>
    </Door>
  );
}
