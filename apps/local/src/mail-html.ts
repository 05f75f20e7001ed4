import type { SinkMessage } from '@proviso/local-server/smtp-sink';

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #8884; }
  th { white-space: nowrap; }
  td { overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  iframe { width: 100%; height: 30rem; border: 1px solid #8884; background: white; color-scheme: light; }`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escape(title)}</title>
  <style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;

/** The messages, newest first. All links are relative, so that the key appears only in the address. */
export function listPage(messages: readonly SinkMessage[]): string {
  const rows = messages.map(
    ({ at, to, subject }, index) =>
      `<tr><td>${escape(at)}</td><td>${escape(to.join(', '))}</td><td><a href="messages/${index}/">${escape(subject) || '(no subject)'}</a></td></tr>`,
  );
  const table = `<table>\n<tr><th>Sent</th><th>To</th><th>Subject</th></tr>\n${rows.toReversed().join('\n')}\n</table>`;
  return page(
    'Proviso: mail',
    `<h1>Mail sent so far</h1>
<p>The mail server of <code>npm start</code> takes every message and delivers none. Reload the page for newer ones. For
programs: <a href="messages">messages</a>, as JSON.</p>
${rows.length === 0 ? '<p>There is none yet.</p>' : table}`,
  );
}

export function messagePage(message: SinkMessage): string {
  const { at, from, to, cc = [], subject, id, headers, envelope, text, html } = message;
  const fields = {
    From: from,
    To: to.join(', '),
    Cc: cc.join(', '),
    Envelope: `${envelope.from} → ${envelope.to.join(', ')}`,
    Sent: at,
    'Message-ID': id,
    'In-Reply-To': headers.in_reply_to ?? '',
  };
  const rows = Object.entries(fields).filter(([, value]) => value !== '');
  const frame = `<h2>HTML</h2>\n<iframe sandbox src="body" title="The HTML of the message" referrerpolicy="no-referrer"></iframe>`;
  return page(
    subject,
    `<p><a href="../../">All messages</a></p>
<h1>${escape(subject) || '(no subject)'}</h1>
<table>
${rows.map(([name, value]) => `<tr><th>${name}</th><td>${escape(value)}</td></tr>`).join('\n')}
</table>
<h2>Text</h2>
<pre>${escape(text)}</pre>
${html === undefined ? '' : frame}`,
  );
}

/**
 * A mail's HTML for the frame. Its policy forbids scripts and external resources. No policy covers elements that
 * preconnect, redirect or change the base, so those are removed.
 */
export const bodyDocument = (html: string): string => html.replaceAll(/<(?=\/?(?:link|meta|base)\b)/gi, '&lt;');

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (value: string): string => value.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
