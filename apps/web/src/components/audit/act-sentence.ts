/** One entry of the audit as a sentence: who, what, to what. Names stand apart from the words around them, so that no name can pass for words. */
import type { AuditEntry } from '@netstore/shared-types';
import { wordsOfAct } from './act-words.ts';

export interface SentencePart {
  readonly text: string;
  readonly isName: boolean;
}

/** Present names of users by id. */
export type Names = Readonly<Record<string, string>>;

export function sentenceOf(entry: AuditEntry, names: Names): SentencePart[] {
  const { done, tried } = wordsOfAct(entry.action);
  const verb = entry.outcome === 'ok' ? done : `tried to ${tried}`;
  const parts = verb.split(/(\{\w+\})/).filter((text) => text !== '');
  return [...actorOf(entry), words(' '), ...parts.map((text) => (text.startsWith('{') ? filled(text, entry, names) : words(text)))];
}

/** By what somebody came, where it is not an ordinary session. */
export function wayOf({ via }: AuditEntry): string | undefined {
  if (via?.startsWith('key:')) return 'by an API key';
  return via?.startsWith('link:') ? 'by a link' : undefined;
}

function actorOf({ actorId, actorName, via }: AuditEntry): SentencePart[] {
  const actor = actorName ?? actorId;
  if (via?.startsWith('node:')) return [words('The storage node '), name(via.slice('node:'.length))];
  if (actor === null) return [words('Somebody')];
  return via?.startsWith('link:') ? [words('Whoever has a link of '), name(actor)] : [name(actor)];
}

function filled(blank: string, { space, path, subject }: AuditEntry, names: Names): SentencePart {
  const [first = null, second = null] = subject?.split(' ') ?? [];
  switch (blank) {
    case '{where}':
      return space === null && path === null ? words('something') : name([space, path].filter(Boolean).join(' / '));
    case '{first}':
      return named(first, names);
    case '{second}':
      return named(second, names);
    default:
      return named(subject, names);
  }
}

function named(text: string | null, names: Names): SentencePart {
  if (text === null) return words('somebody or something');
  return name(Object.hasOwn(names, text) ? (names[text] ?? text) : text);
}

const words = (text: string): SentencePart => ({ text, isName: false });
const name = (text: string): SentencePart => ({ text, isName: true });
