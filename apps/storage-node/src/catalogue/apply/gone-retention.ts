/** How long after a record has let a blob go no record may refer to it: longer than anything sent before can be on its way. */
export const GONE_RETENTION_MS = 24 * 3_600_000;
