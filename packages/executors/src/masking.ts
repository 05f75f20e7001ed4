// Removes an identity's secrets from what a provider says, before anybody reads it: in text, and in the strings of
// parsed values. JSON text is never masked as a whole, because a replacement may break it. Held by masking.test.ts.
import type { JsonValue } from '@proviso/contracts';

export interface Mask {
  text(given: string): string;
  value(given: JsonValue): JsonValue;
}

const MASKED = '[hidden]';
/** A shorter value is not a secret, and would match too much text. */
const SECRET_CHARS_MIN = 4;
/** For a header whose name does not tell: it may hold a version, a number or a format as well as a key. */
const HEADER_CHARS_MIN = 6;
/** For one part of a header, such as one cookie of several. */
const PART_CHARS_MIN = 12;
/** Words, versions, dates and media types, which headers may show. */
const PUBLIC_VALUE =
  /^(?:[a-z]{1,12}|v?\d{1,5}(?:[.-]\d{1,5})*|\d{4}-\d{2}-\d{2}\S*|(?:application|text|image|audio|video|\*)\/.*)$/i;
const SECRET_NAME = /auth|key|token|secret|pass|cookie|session|credential|signature/i;
const SCHEME = /^(?:bearer|basic|token|apikey|api-key|key)\s+/i;

/** Masks every value of these credentials that can be a secret. Null = there are none. */
export function maskOf(credentials: object | null | undefined): Mask {
  const forms = new Set(secretsOf(credentials).flatMap(formsOf));
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length);
  const text = (given: string): string => longestFirst.reduce((shown, form) => shown.replaceAll(form, MASKED), given);
  const value = (given: JsonValue): JsonValue => {
    if (typeof given === 'string') return text(given);
    if (Array.isArray(given)) return given.map(value);
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([name, child]) => [text(name), value(child)]));
  };
  return longestFirst.length === 0 ? { text: (given) => given, value: (given) => given } : { text, value };
}

function secretsOf(credentials: object | null | undefined): string[] {
  const { user, headers, ...named } = (credentials ?? {}) as Record<string, unknown>;
  const secrets = Object.values(named).filter((each) => typeof each === 'string' && each.length >= SECRET_CHARS_MIN);
  const password = named.pass;
  const login = typeof user === 'string' && typeof password === 'string' ? [`\0${user}\0${password}`] : [];
  return [...(secrets as string[]), ...login, ...Object.entries(headers ?? {}).flatMap(ofHeader)];
}

function ofHeader([name, value]: [string, string]): string[] {
  const [leastChars, mayBePublic] = SECRET_NAME.test(name) ? [SECRET_CHARS_MIN, false] : [HEADER_CHARS_MIN, true];
  const isSecret = (part: string, charsMin: number): boolean =>
    part.length >= charsMin && !(mayBePublic && PUBLIC_VALUE.test(part));
  const bare = value.replace(SCHEME, '');
  const decoded = /^basic\s/i.test(value) ? Buffer.from(bare, 'base64').toString().split(':').slice(1).join(':') : '';
  return [
    ...[value, bare].filter((whole) => isSecret(whole, leastChars)),
    ...value.split(/[\s;,=]+/).filter((part) => isSecret(part, PART_CHARS_MIN)),
    ...(decoded.length >= SECRET_CHARS_MIN ? [decoded] : []),
  ];
}

/** The forms in which an answer may contain a secret: plain, JSON, HTML, URL-encoded or base64. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replaceAll(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = ['&quot;', '&#34;'].flatMap((quote) =>
    ['&#39;', '&#x27;', "'"].map((apostrophe) => html.replaceAll('"', quote).replaceAll("'", apostrophe)),
  );
  const bytes = Buffer.from(secret);
  const encoded = [encodeURIComponent(secret.toWellFormed()), bytes.toString('base64'), bytes.toString('base64url')];
  return [secret, json, ascii, json.replaceAll('/', '\\/'), html, ...quoted, ...encoded];
}
