// The single definition of a conversation's subject: what remains without the reply prefixes of mail programs.
import { decodeWords, withoutEncodedWords } from './encoded-words.ts';

/**
 * "Re" in the languages of mail programs: Danish, Norwegian and Swedish SV, German AW, Dutch Antw, Finnish VS, Polish
 * Odp, Portuguese RES, Spanish RESP, Italian RIF, Turkish YNT, Hungarian VÁ, Icelandic Svar, Greek ΑΠ and ΣΧΕΤ, Hebrew,
 * Arabic, Chinese, Japanese, Korean, Russian. A forwarded message ("Fwd") starts another conversation and keeps its
 * prefix.
 */
const REPLY =
  '(?:re|aw|antw(?:ort)?|sv|svar|vs|odp|res|resp|rif|ynt|vá|απ|σχετ|השב|תשובה|رد|回复|回覆|回復|答复|答覆|返信|회신|답장|отв|ответ)';
/** `Re[2]:`, `Re(2):`, `Re^2:`, `Re2:`, `RE :`, and the wide colon. */
const MARKS = new RegExp(
  `^(?:\\s*${REPLY}\\s{0,3}(?:\\[\\d{1,4}\\]|\\(\\d{1,4}\\)|\\^?\\d{1,4})?\\s{0,3}[:：])+\\s*`,
  'iu',
);
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const CHARS_MAX = 998;

/** The subject on one line, without reply prefixes. */
export const bareSubject = (subject: string): string =>
  withoutEncodedWords(decodeWords(subject.slice(0, 4 * CHARS_MAX)))
    .replaceAll(BREAKS, ' ')
    .replace(MARKS, '')
    .trim();

/** The subject with exactly one `Re:`. */
export const replySubject = (subject: string): string =>
  `Re: ${bareSubject(subject)}`.trim().slice(0, CHARS_MAX).toWellFormed();
