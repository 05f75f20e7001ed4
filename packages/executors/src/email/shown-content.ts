import type { Preview } from '@proviso/contracts';
import sanitizeHtml from 'sanitize-html';
import { row } from '../row.ts';

interface Parts {
  text?: string | undefined;
  html?: string | undefined;
}

/** What is read: the HTML without what could load or run, and beside it both parts as they are sent. */
export function shownContent({ text, html }: Parts): Pick<Preview, 'fields' | 'body'> {
  if (html === undefined) return { fields: [], body: { text: text ?? '' } };
  return { fields: [...row('Text', text ?? ''), ...row('HTML', html)], body: { html: sanitizeHtml(html, READABLE) } };
}

export const contentWarnings = ({ html }: Parts): string[] =>
  html === undefined ? [] : ['The HTML is shown without images, styles and scripts; it is sent as it is given.'];

const READABLE: sanitizeHtml.IOptions = {
  allowedTags:
    'a b i u em strong p br hr div span h1 h2 h3 h4 ul ol li code pre blockquote table thead tbody tr th td'.split(' '),
  allowedAttributes: { a: ['href'] },
  allowedSchemes: ['http', 'https', 'mailto'],
};
