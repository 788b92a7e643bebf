/**
 * Everything that the audit has a name for, by what it is about. What only looks is told apart from what does something, because there is far
 * more of it: pages ask again and again.
 */
export const AUDIT_LOOKS = [
  'account.look',
  'audit.read',
  'cluster.look',
  'file.list',
  'file.look',
  'grant.list',
  'group.list',
  'group.look',
  'invitation.list',
  'invitation.look',
  'key.list',
  'link.list',
  'quota.look',
  'reset.look',
  'second-factor.look',
  'session.list',
  'session.refresh',
  'setup.look',
  'space.list',
  'space.look',
  'space.viewers',
  'trash.list',
  'user.list',
  'user.look',
] as const;

export type AuditAction =
  | (typeof AUDIT_LOOKS)[number]
  | 'account.password'
  | 'audit.export'
  | 'file.copy'
  | 'file.delete'
  | 'file.link'
  | 'file.make-folder'
  | 'file.move'
  | 'file.operate'
  | 'file.purge'
  | 'file.purge-versions'
  | 'file.put'
  | 'file.put-form'
  | 'file.read'
  | 'file.restore'
  | 'grant.give'
  | 'grant.take'
  | 'group.add'
  | 'group.change'
  | 'group.delete'
  | 'group.make'
  | 'group.remove'
  | 'invitation.accept'
  | 'invitation.end'
  | 'invitation.make'
  | 'key.end'
  | 'key.make'
  | 'link.end'
  | 'link.make'
  | 'link.open'
  | 'quota.set'
  | 'replica.damaged'
  | 'replica.gone'
  | 'replica.log-damaged'
  | 'replica.log-repaired'
  | 'replica.repaired'
  | 'replica.unlisted'
  | 'reset.accept'
  | 'second-factor.confirm'
  | 'second-factor.enrol'
  | 'second-factor.remove'
  | 'session.begin'
  | 'session.end'
  | 'setup.accept'
  | 'space.change'
  | 'space.delete'
  | 'space.end'
  | 'space.keep'
  | 'space.make'
  | 'user.change'
  | 'user.delete'
  | 'user.make'
  | 'user.reset-link'
  | 'user.second-factor';
