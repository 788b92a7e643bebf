import type { ShareLink } from '@netstore/shared-types';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';
import { kindWords, targetWords, usageWords } from './link-words.ts';

interface LinkListProps {
  readonly links: readonly ShareLink[];
  readonly end: (link: ShareLink) => Promise<void>;
  readonly onEnded: () => void;
  /** Among the links of many people. */
  readonly showsMaker?: boolean;
}

/** Links, each with the way to end it. */
export function LinkList({ links, end, onEnded, showsMaker = false }: LinkListProps) {
  const [ending, setEnding] = useState<ShareLink>();
  return (
    <>
      <ul className="people">
        {links.map((link) => (
          <li key={link.id} className={link.state === 'live' ? 'person' : 'person is-disabled'}>
            <div className="person-text">
              <p className="person-name">
                <bdi>{targetWords(link)}</bdi>
              </p>
              <p className="person-extra">
                {kindWords(link)}
                {showsMaker && (
                  <>
                    , by <bdi>{link.sharedBy}</bdi>
                  </>
                )}
              </p>
              <p className="person-extra">{usageWords(link)}</p>
            </div>
            {link.state !== 'ended' && (
              <button
                type="button"
                className="button button-small"
                aria-label={`End the link to ${targetWords(link)}`}
                onClick={() => setEnding(link)}
              >
                End
              </button>
            )}
          </li>
        ))}
      </ul>
      {ending !== undefined && <EndLinkDialog link={ending} end={end} onEnded={onEnded} onClose={() => setEnding(undefined)} />}
    </>
  );
}

interface EndLinkDialogProps extends Pick<LinkListProps, 'end' | 'onEnded'> {
  readonly link: ShareLink;
  readonly onClose: () => void;
}

function EndLinkDialog({ link, end, onEnded, onClose }: EndLinkDialogProps) {
  const { notices } = useNetStore();
  const act = async (): Promise<void> => {
    await end(link);
    notices.done('The link has ended.');
    onEnded();
    onClose();
  };
  return (
    <AskDialog title="End this link?" submitLabel="End" isDangerous action={act} onClose={onClose}>
      <p className="dialog-text">Whoever has it is refused within seconds. It cannot be brought back.</p>
    </AskDialog>
  );
}
