import { strictFields, plainText } from '@proviso/contracts';
import { contactId } from '@proviso/core/executor';
import { z } from 'zod';

/** The last part of a profile's address, in the characters that LinkedIn allows. */
const SLUG = /^[\p{L}\p{N}_-][\p{L}\p{M}\p{N}_-]{2,99}$/u;

/** The profile's name in its address; undefined = not the address of a profile. */
export function slugOf(text: string): string | undefined {
  const absolute = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(absolute)) return undefined;
  const { hostname, pathname, username, port } = new URL(absolute);
  if (!/^(?:[a-z]{1,3}\.)?linkedin\.com$/.test(hostname) || username !== '' || port !== '') return undefined;
  const [, encoded] = /^\/in\/([^/]+)(?:\/.*)?$/.exec(pathname) ?? [];
  if (encoded === undefined) return undefined;
  try {
    const slug = decodeURIComponent(encoded).normalize('NFC');
    return SLUG.test(slug) ? slug : undefined;
  } catch {
    return undefined; // a stray percent sign
  }
}

/**
 * One spelling per profile, without tracking parameters and country hosts, so that what is approved is what was meant.
 */
const profileUrl = plainText(500).transform((text, check): string => {
  const slug = slugOf(text.trim());
  if (slug !== undefined) return `https://www.linkedin.com/in/${encodeURIComponent(slug)}`;
  check.addIssue({ code: 'custom', message: 'must be a profile, such as https://www.linkedin.com/in/ada-lovelace' });
  return z.NEVER;
});

export const linkedinParams = strictFields({
  linkedin_url: profileUrl.describe('The profile, as `linkedin.com/in/…`; stored in a normalised form.'),
  message: plainText(300)
    .min(1)
    .optional()
    .describe('The note with the invitation. A free account can send 200 characters.'),
  contact_id: contactId.optional().describe('The contact whose profile it is.'),
}).meta({
  description: 'Invites a person to connect on LinkedIn.',
  examples: [{ linkedin_url: 'https://www.linkedin.com/in/ada-lovelace', message: 'We met at the exhibition.' }],
});
export type LinkedinParams = z.output<typeof linkedinParams>;
