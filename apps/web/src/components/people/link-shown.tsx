import { formatTime } from '../../format/time.ts';
import { CopyField } from '../copy-field.tsx';

interface LinkShownProps {
  readonly path: '/invitation' | '/new-password';
  readonly token: string;
  readonly expiresAt: string;
  readonly onClose: () => void;
}

/** A one-time link, on the only occasion to take it along. */
export function LinkShown({ path, token, expiresAt, onClose }: LinkShownProps) {
  return (
    <div className="form">
      <CopyField label="Link" text={`${window.location.origin}${path}#token=${token}`} />
      <p className="dialog-text">
        Hand it over yourself: NetStore sends no mail, and does not show it again. It works once, until {formatTime(expiresAt)}.
      </p>
      <div className="dialog-actions">
        <button type="button" className="button button-primary" onClick={onClose}>
          Done
        </button>
      </div>
    </div>
  );
}
