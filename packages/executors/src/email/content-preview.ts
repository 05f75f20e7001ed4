import type { Preview } from '@proviso/contracts';
import { previewField } from '../preview-field.ts';

interface Parts {
  text?: string | undefined;
  html?: string | undefined;
}

/** What recipients read; for HTML, also both parts as they are sent. */
export function contentPreview({ text, html }: Parts): Pick<Preview, 'fields' | 'body'> {
  if (html === undefined) return { fields: [], body: { text: text ?? '' } };
  return { fields: [...previewField('Text', text ?? ''), ...previewField('HTML', html)], body: { html } };
}

export const contentWarnings = ({ html }: Parts): string[] =>
  html === undefined ? [] : ['The HTML is shown without images, styles and scripts; it is sent as it is given.'];
