/**
 * What was done, in plain words: each act has a sentence for when it was done, and one for when it was tried. `{where}` stands for space and path,
 * `{subject}` for what else it was done to, `{first}` and `{second}` for the two of them in a subject that has two.
 */
import type { AuditAction } from '@netstore/shared-types';

export interface ActWords {
  readonly done: string;
  readonly tried: string;
}

const act = (done: string, tried: string): ActWords => ({ done, tried });

const ACTS: Readonly<Record<AuditAction, ActWords>> = {
  'account.look': act('looked at their own account', 'look at their own account'),
  'account.password': act('changed their own password', 'change their own password'),
  'audit.export': act('exported the audit', 'export the audit'),
  'audit.read': act('read the audit', 'read the audit'),
  'cluster.look': act('looked at the cluster', 'look at the cluster'),
  'file.copy': act('copied {where} to {subject}', 'copy {where} to {subject}'),
  'file.delete': act('deleted {where}', 'delete {where}'),
  'file.link': act('opened {where}', 'open {where}'),
  'file.list': act('listed {where}', 'list {where}'),
  'file.look': act('looked at the details of {where}', 'look at the details of {where}'),
  'file.make-folder': act('made the folder {where}', 'make the folder {where}'),
  'file.move': act('moved {where} to {subject}', 'move {where} to {subject}'),
  'file.operate': act('changed something in {where}', 'change something in {where}'),
  'file.purge': act('deleted from the trash of {where} for good', 'delete from the trash of {where} for good'),
  'file.purge-versions': act('deleted old versions of {where} for good', 'delete old versions of {where} for good'),
  'file.put': act('wrote {where}', 'write {where}'),
  'file.put-form': act('wrote a file into {where}', 'write a file into {where}'),
  'file.read': act('read {where}', 'read {where}'),
  'file.restore': act('restored something from the trash of {where}', 'restore something from the trash of {where}'),
  'grant.give': act('gave {subject} a role in {where}', 'give {subject} a role in {where}'),
  'grant.list': act('listed the rules of {where}', 'list the rules of {where}'),
  'grant.take': act('took the role of {subject} in {where} away', 'take the role of {subject} in {where} away'),
  'group.add': act('added {second} to the group {first}', 'add {second} to the group {first}'),
  'group.change': act('renamed the group {subject}', 'rename the group {subject}'),
  'group.delete': act('deleted the group {subject}', 'delete the group {subject}'),
  'group.list': act('listed the groups', 'list the groups'),
  'group.look': act('looked at the group {subject}', 'look at the group {subject}'),
  'group.make': act('made the group {subject}', 'make the group {subject}'),
  'group.remove': act('took {second} out of the group {first}', 'take {second} out of the group {first}'),
  'invitation.accept': act('accepted an invitation as {subject}', 'accept an invitation as {subject}'),
  'invitation.end': act('ended the invitation {subject}', 'end the invitation {subject}'),
  'invitation.list': act('listed the invitations', 'list the invitations'),
  'invitation.look': act('looked at an invitation', 'look at an invitation'),
  'invitation.make': act('invited {subject}', 'invite {subject}'),
  'key.end': act('ended the API key {subject}', 'end the API key {subject}'),
  'key.list': act('listed API keys', 'list API keys'),
  'key.make': act('made the API key {subject}', 'make the API key {subject}'),
  'link.end': act('ended the link {subject}', 'end the link {subject}'),
  'link.list': act('listed links', 'list links'),
  'link.make': act('made a link to {where}', 'make a link to {where}'),
  'link.open': act('opened a link', 'open a link'),
  'quota.look': act('looked at the quota of {subject}', 'look at the quota of {subject}'),
  'quota.set': act('set the quota of {subject}', 'set the quota of {subject}'),
  'replica.damaged': act('found a damaged copy and moved it aside: {subject}', 'find a damaged copy: {subject}'),
  'replica.gone': act('found a copy gone: {subject}', 'find a copy gone: {subject}'),
  'replica.log-damaged': act('found damage in its log: {subject}', 'find damage in its log: {subject}'),
  'replica.log-repaired': act('has its log whole again: {subject}', 'repair its log: {subject}'),
  'replica.repaired': act('has a good copy again: {subject}', 'repair a copy: {subject}'),
  'replica.unlisted': act('found or repaired more than could be listed: {subject}', 'list what it found: {subject}'),
  'reset.accept': act('set a new password by a link', 'set a new password by a link'),
  'reset.look': act('looked at a link for a new password', 'look at a link for a new password'),
  'second-factor.confirm': act('turned their second factor on', 'turn their second factor on'),
  'second-factor.enrol': act('began to set up a second factor', 'set up a second factor'),
  'second-factor.look': act('looked at their second factor', 'look at their second factor'),
  'second-factor.remove': act('turned their second factor off', 'turn their second factor off'),
  'session.begin': act('signed in as {subject}', 'sign in as {subject}'),
  'session.end': act('ended a session', 'end a session'),
  'session.list': act('listed their sessions', 'list their sessions'),
  'session.refresh': act('renewed a session', 'renew a session'),
  'setup.accept': act('set NetStore up with the administrator {subject}', 'set NetStore up with the administrator {subject}'),
  'setup.look': act('looked whether NetStore is set up', 'look whether NetStore is set up'),
  'space.change': act('changed the space {where}', 'change the space {where}'),
  'space.delete': act('deleted the space {where}', 'delete the space {where}'),
  'space.end': act('began to delete the space {where}', 'begin to delete the space {where}'),
  'space.keep': act('kept the space {where} after all', 'keep the space {where} after all'),
  'space.list': act('listed spaces', 'list spaces'),
  'space.look': act('looked at the space {where}', 'look at the space {where}'),
  'space.make': act('made the space {subject}', 'make the space {subject}'),
  'space.viewers': act('looked who may see {where}', 'look who may see {where}'),
  'trash.list': act('listed the trash of {where}', 'list the trash of {where}'),
  'user.change': act('changed the account of {subject}', 'change the account of {subject}'),
  'user.delete': act('deleted the account of {subject}', 'delete the account of {subject}'),
  'user.list': act('listed the people', 'list the people'),
  'user.look': act('looked at the account of {subject}', 'look at the account of {subject}'),
  'user.make': act('made an account for {subject}', 'make an account for {subject}'),
  'user.reset-link': act('made a link for a new password for {subject}', 'make a link for a new password for {subject}'),
  'user.second-factor': act('took the second factor of {subject} away', 'take the second factor of {subject} away'),
};

/** An entry can be older or younger than this page. */
export function wordsOfAct(action: string): ActWords {
  return Object.hasOwn(ACTS, action) ? ACTS[action as AuditAction] : act(`did ${action}`, `do ${action}`);
}

type ActKind = AuditAction extends `${infer Kind}.${string}` ? Kind : never;

/** Kinds of acts, as the filter names them. Of what is only looked at there is no kind: the trash, the cluster. */
export const ACT_KINDS: readonly { readonly value: ActKind | ''; readonly words: string }[] = [
  { value: '', words: 'Everything' },
  { value: 'file', words: 'Files' },
  { value: 'space', words: 'Spaces' },
  { value: 'grant', words: 'Roles in spaces' },
  { value: 'group', words: 'Groups' },
  { value: 'link', words: 'Links' },
  { value: 'user', words: 'Accounts of people' },
  { value: 'quota', words: 'Quotas' },
  { value: 'replica', words: 'Damage and repairs' },
  { value: 'invitation', words: 'Invitations' },
  { value: 'session', words: 'Signing in and out' },
  { value: 'account', words: 'Own accounts' },
  { value: 'second-factor', words: 'Second factors' },
  { value: 'reset', words: 'Links for a new password' },
  { value: 'key', words: 'API keys' },
  { value: 'setup', words: 'Set-up' },
  { value: 'audit', words: 'The audit' },
];
