import { useObservable } from '../api/observable.ts';
import { useNetStore } from '../net-store.ts';
import { Icon } from './icon.tsx';
import { IconButton } from './icon-button.tsx';

/** The shown notices, and the region that speaks to screen readers alone. */
export function NoticeList() {
  const { notices } = useNetStore();
  const shown = useObservable(notices.shown);
  const spoken = useObservable(notices.spoken);
  return (
    <>
      <div className="visually-hidden" aria-live="polite">
        {spoken}
      </div>
      <div className="notices" aria-live="polite">
        {shown.map((notice) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done here by pointer or key; a notice that is looked at only stays.
          <div
            key={notice.id}
            className={`notice is-${notice.tone}`}
            onPointerEnter={() => notices.hold(notice.id)}
            onPointerLeave={() => notices.release(notice.id)}
            onFocus={() => notices.hold(notice.id)}
            onBlur={() => notices.release(notice.id)}
          >
            <Icon name={notice.tone === 'done' ? 'check' : 'alert'} size={18} />
            <p className="notice-text">
              {notice.text}
              {notice.requestId !== undefined && notice.requestId !== '' && <small> Request {notice.requestId}</small>}
            </p>
            {notice.action !== undefined && (
              <button type="button" className="notice-action" onClick={() => notices.act(notice)}>
                {notice.action.label}
              </button>
            )}
            <IconButton icon="close" label="Dismiss" onClick={() => notices.dismiss(notice.id)} />
          </div>
        ))}
      </div>
    </>
  );
}
