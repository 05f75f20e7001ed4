// Finds what a host in a text really is. A link is shown with its target, an international name with its ASCII form,
// and an ASCII form with the name that it encodes. Held by packages/core/test/unit/readable-preview.test.ts.
import { domainToASCII, domainToUnicode } from 'node:url';
import { asciiLookAlike } from './look-alikes.ts';

export interface HostNote {
  /** Where its host or link begins in the text, and where the note belongs. */
  from: number;
  at: number;
  note: string;
  /** The warning for the reviewer. */
  warning: string;
}

const TOKEN = /[^\s<>"“”„«»()[\]{}|]+/gu;
const WORTH_A_LOOK = /[@\\]|:\/|xn--|www\.|[^\p{ASCII}]/iu;
/** A token without one of these is a word. */
const MAY_NAME_A_HOST = /[.:@\\\u3002\uFF0E\uFF61]/u;
const LINK = /(?:https?|ftp|wss?):[/\\]*/i;
const TOKEN_CHARS_MAX = 2_048;
/** How many tokens of one text are examined, and how many notes it may get. */
const TOKENS_MAX = 200;
const ASCII = /^\p{ASCII}*$/u;
const NAME = /^[\p{L}\p{M}\p{N}.\u3002\uFF0E\uFF61·-]+$/u;

/** Notes on the hosts of links, addresses and bare names, in the order of the text. `rest`: there are too many. */
export function hostNotes(text: string): { notes: HostNote[]; rest: boolean } {
  if (!WORTH_A_LOOK.test(text)) return { notes: [], rest: false };
  const notes: HostNote[] = [];
  const known = new Map<string, Found | undefined>();
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (!WORTH_A_LOOK.test(token) || !MAY_NAME_A_HOST.test(token)) continue;
    const written = withoutEnd(token.slice(0, TOKEN_CHARS_MAX));
    if (notes.length === TOKENS_MAX || (known.size === TOKENS_MAX && !known.has(written))) return { notes, rest: true };
    if (!known.has(written)) known.set(written, noteOn(written));
    const found = known.get(written);
    if (found) notes.push({ from: index, at: index + written.length, ...found });
  }
  return { notes, rest: false };
}

/** Removes the sentence's punctuation from the end of a link. */
function withoutEnd(token: string): string {
  let end = token.length;
  while (end > 0 && /[.,;:!?'’…]/u.test(token[end - 1] ?? '')) end--;
  return token.slice(0, end);
}

type Found = Pick<HostNote, 'note' | 'warning'>;

function noteOn(token: string): Found | undefined {
  const link = LINK.exec(token);
  if (link) return noteOnLink(token.slice(link.index), link[0].length);
  const at = token.lastIndexOf('@');
  const name = (at < 0 ? token : token.slice(at + 1)).split(/[/?#:]/u)[0] ?? '';
  if (!NAME.test(name) || !/[.\u3002\uFF0E\uFF61]/u.test(name)) return undefined;
  if (at < 0 && !isNamedAsHost(token, name)) return undefined;
  return noteOnName(name);
}

/** A dot between words of another alphabet is more often a missing space than a host. */
const isNamedAsHost = (token: string, name: string): boolean =>
  /^www\./i.test(name) || /(?:^|\.)xn--/i.test(name) || token.length > name.length || imitated(name) !== undefined;

function noteOnLink(link: string, start: number): Found | undefined {
  const authority = link.slice(start).split(/[/\\?#]/u)[0] ?? '';
  if (!URL.canParse(link)) return undefined;
  const { hostname } = new URL(link);
  const user = authority.lastIndexOf('@');
  if (user >= 0) {
    const posed = authority.slice(0, user);
    return {
      note: `leads to ${describeHost(hostname)}`,
      warning: `A link that begins with ${posed}@ leads to ${describeHost(hostname)}.`,
    };
  }
  const written = authority.replace(/:\d*$/, '').replace(/\.$/, '');
  if (written.toLowerCase() === hostname.replace(/\.$/, '')) return noteOnName(written);
  if (!ASCII.test(written) && domainToASCII(written) === hostname) return noteOnName(written);
  return {
    note: `leads to ${describeHost(hostname)}`,
    warning: `The link to ${written} leads to ${describeHost(hostname)}.`,
  };
}

function noteOnName(name: string): Found | undefined {
  if (ASCII.test(name)) {
    if (!/(?:^|\.)xn--/i.test(name)) return undefined;
    const decoded = domainToUnicode(name);
    if (decoded === '') return { note: 'no valid host', warning: `${name} is punycode of no valid host.` };
    return { note: decoded, warning: `${name} is punycode, and is read as ${decoded}.${likeness(decoded)}` };
  }
  const wire = domainToASCII(name);
  if (wire === '') return undefined;
  const warning = `The host ${name} has letters that may imitate others: it is ${wire}.${likeness(name)}`;
  return { note: wire, warning };
}

/** A host in ASCII, and the name that it encodes if that differs. */
export function describeHost(host: string): string {
  const name = /(?:^|\.)xn--/i.test(host) ? domainToUnicode(host) : host;
  return name === host || name === '' ? host : `${host} (${name})`;
}

const likeness = (name: string): string => {
  const other = imitated(name);
  return other === undefined ? '' : ` It looks like ${other}.`;
};

/** The ASCII name that a name in other letters could be mistaken for; undefined = none. */
function imitated(name: string): string | undefined {
  if (ASCII.test(name) || name.length > 253) return undefined;
  const alike = asciiLookAlike(name.toLowerCase());
  return ASCII.test(alike) && /\.[a-z-]{2,}$/.test(alike) ? alike : undefined;
}
