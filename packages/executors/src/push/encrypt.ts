// The content of a push message: encrypted for one browser (RFC 8291), in one record (RFC 8188). Held by encrypt.test.ts.
import { createCipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from 'node:crypto';

export interface BrowserKeys {
  /** The public key of the browser, uncompressed, base64url. */
  p256dh: string;
  /** The secret that the browser shares with us, base64url. */
  auth: string;
}

const RECORD_BYTES = 4_096;
const LAST_RECORD = Buffer.from([2]);

const derive = (secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));

function newSender(): { ecdh: ECDH; salt: Buffer } {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return { ecdh, salt: randomBytes(16) };
}

/** Throws if the browser's key is not a point of the curve. `sender` is new for each message, but in the RFC's example. */
export function encryptPush(text: string, { p256dh, auth }: BrowserKeys, sender = newSender()): Buffer {
  const { ecdh, salt } = sender;
  const [theirs, ours] = [Buffer.from(p256dh, 'base64url'), ecdh.getPublicKey()];
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const secret = derive(ecdh.computeSecret(theirs), Buffer.from(auth, 'base64url'), info, 32);
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const sealed = [cipher.update(Buffer.concat([Buffer.from(text), LAST_RECORD])), cipher.final(), cipher.getAuthTag()];
  const size = Buffer.alloc(4);
  size.writeUInt32BE(RECORD_BYTES);
  return Buffer.concat([salt, size, Buffer.from([ours.length]), ours, ...sealed]);
}
