import type { Preview } from '@proviso/contracts';
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { words } from '../words.ts';
import stylesheet from './mail.css?url';

const box = 'border-line my-4 rounded-lg border';

/** The text that somebody will read, as that person will see it. */
export function Body({ body }: { body: NonNullable<Preview['body']> }) {
  if ('text' in body) return <div className={`${box} bg-page px-4 py-3 whitespace-pre-wrap`}>{body.text}</div>;
  return <MailFrame html={body.html} />;
}

/**
 * HTML that the service has cleaned, in a frame that may do nothing: no script, no form, no navigation, and by its own
 * policy no request. It keeps our origin, without which its height could not be read; nothing in it can run to use that.
 */
function MailFrame({ html }: { html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState<number>();
  const page = `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'">
<base target="_blank">
<link rel="stylesheet" href="${stylesheet}">
${html}`;
  return (
    <div className={`${box} bg-[#fff] px-4 py-3`}>
      <iframe
        ref={frame}
        title={words.card.mailFrame}
        sandbox="allow-same-origin"
        srcDoc={page}
        className="block w-full"
        style={{ height: height ?? 80, colorScheme: 'light' }}
        data-loading={height === undefined ? '' : undefined}
        onLoad={() => flushSync(() => setHeight(frame.current?.contentDocument?.documentElement.scrollHeight ?? 80))}
      />
    </div>
  );
}
