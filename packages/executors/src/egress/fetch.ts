import type { RequestInit as UndiciInit } from 'undici';
import { trackRequests } from '../http/request-tracker.ts';
import type { ExecutorSettings } from '../settings.ts';
import { EgressError, egressErrorIn } from './error.ts';

export interface EgressLimits {
  /** From the call to the last byte of the body, in addition to the signal. 60 s for a call without a signal. */
  timeoutMs?: number;
  /** The size of the response body, after decompression. */
  bodyBytesMax: number;
}

/** Like the global `fetch`, but it returns redirects instead of following them, and throws EgressError. */
export type EgressFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

const BODY_BYTES_MAX = 1024 * 1024;
const UNWATCHED_MS_MAX = 60_000;

/** A `fetch` for addresses that tenants name, with limits on time and size. Each request uses its own connection. */
export function openEgress(settings: ExecutorSettings, limits: Partial<EgressLimits> = {}): EgressFetch {
  const { timeoutMs, bodyBytesMax = BODY_BYTES_MAX } = limits;
  return async (input, init = {}) => {
    const { url, ...asked } = input instanceof Request ? partsOf(input) : { url: input, signal: undefined };
    const given = [init.signal, asked.signal].filter((each) => each instanceof AbortSignal);
    const limitMs = timeoutMs ?? (given.length === 0 ? UNWATCHED_MS_MAX : undefined);
    const signal = AbortSignal.any([...given, ...(limitMs === undefined ? [] : [AbortSignal.timeout(limitMs)])]);
    const tracker = trackRequests({ signal, settings });
    const sending = { ...asked, ...init } as unknown as UndiciInit; // the types of undici and Node differ only in name
    try {
      const { status, statusText, headers, body } = await tracker.fetch(url, sending);
      const limitedBody = body && limitBody(body as ReadableStream<Uint8Array>, bodyBytesMax);
      return new Response(limitedBody, { status, statusText, headers: [...headers] });
    } catch (error) {
      throw failureOf(error, tracker.sent());
    }
  };
}

function partsOf({ url, method, headers, body, signal }: Request) {
  return { url, method, headers: [...headers], signal, ...(body && { body, duplex: 'half' }) };
}

/** undici's message may quote the provider or the system, so it is kept as the cause and never shown. */
const failureOf = (error: unknown, sent: boolean): EgressError =>
  egressErrorIn(error) ??
  new EgressError('failed', sent, sent ? 'The connection was lost.' : 'No connection could be made.', error);

function limitBody(body: ReadableStream<Uint8Array>, bodyBytesMax: number): ReadableStream<Uint8Array> {
  let left = bodyBytesMax;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.byteLength;
      if (left >= 0) return controller.enqueue(chunk);
      controller.error(new EgressError('too_large', true, `The response is larger than ${bodyBytesMax} bytes.`));
    },
  });
  return body.pipeThrough(counting);
}
