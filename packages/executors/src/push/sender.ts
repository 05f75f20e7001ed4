// Sends push messages through the same guarded way out as tools. Held by apps/api/test/push.test.ts.
import { createPrivateKey, sign, type JsonWebKey } from 'node:crypto';
import type { PushResult, PushSender } from '@proviso/core/executor';
import { openEgress } from '../egress/fetch.ts';
import type { ExecutorSettings } from '../settings.ts';
import { encryptPush } from './encrypt.ts';

const TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 16 * 1024;
/** How long the push service keeps a message for a browser that is not there: later, it is no news. */
const TTL_S = 3_600;
const TOKEN_S = 12 * 3_600;
/** The browser has withdrawn its consent, or the address was never valid. */
const GONE = [404, 410];

export const pushSender = (settings: ExecutorSettings = {}): PushSender => {
  const egress = openEgress(settings, { timeoutMs: TIMEOUT_MS, bodyBytesMax: BODY_BYTES_MAX });
  return async ({ endpoint, keys, text, signing, contact }): Promise<PushResult> => {
    try {
      const { status, body } = await egress(endpoint, {
        method: 'POST',
        headers: {
          Authorization: `vapid t=${tokenFor(endpoint, contact, signing.privateKey as JsonWebKey)}, k=${signing.publicKey}`,
          'Content-Encoding': 'aes128gcm',
          'Content-Type': 'application/octet-stream',
          TTL: String(TTL_S),
          Topic: 'waiting', // replaces what a browser has not fetched yet
        },
        body: new Uint8Array(encryptPush(text, keys)),
      });
      await body?.cancel();
      if (GONE.includes(status)) return { kind: 'gone' };
      return status < 300 ? { kind: 'accepted' } : { kind: 'failed', message: `The push service answered ${status}.` };
    } catch (error) {
      return { kind: 'failed', message: (error as Error).message };
    }
  };
};

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Says to the push service who sends (RFC 8292). */
function tokenFor(endpoint: string, contact: string, privateKey: JsonWebKey): string {
  const expires = Math.floor(Date.now() / 1_000) + TOKEN_S;
  const claims = { aud: new URL(endpoint).origin, exp: expires, sub: contact };
  const signed = `${encoded({ typ: 'JWT', alg: 'ES256' })}.${encoded(claims)}`;
  const key = createPrivateKey({ key: privateKey, format: 'jwk' });
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
