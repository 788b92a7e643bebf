/**
 * The one logger of a service: JSON lines on stdout, times in ISO 8601, levels as words. Messages are constant, facts are
 * fields. Fields that carry secrets are censored here as a last resort; callers do not log them in the first place.
 */
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SECRET_FIELDS = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'x-netstore-service-key'];

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  /** Where the lines go. The default writes synchronously to stdout, so that the last line before an exit is not lost. */
  readonly destination?: DestinationStream;
}

export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths(), censor: '[secret]' },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** Each secret field at the top of a line, one level down, and among the headers of a logged request. */
function secretPaths(): string[] {
  return SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `req.headers["${field}"]`]);
}
