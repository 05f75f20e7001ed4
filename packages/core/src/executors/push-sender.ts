/** One message for one browser. */
export interface PushMessage {
  /** The browser's address at its push service. */
  endpoint: string;
  keys: { p256dh: string; auth: string };
  text: string;
  /** Of the workspace: the public key, as the browser got it, and the private one as a JWK. */
  signing: { publicKey: string; privateKey: object };
  /** Whom the push service may contact about the messages: a mailto: or https: URL. */
  contact: string;
}

/** `gone`: the browser takes no more messages at that address. */
export type PushResult = { kind: 'accepted' } | { kind: 'gone' } | { kind: 'failed'; message: string };

/** Sends a push message, and never throws because of the push service. */
export type PushSender = (message: PushMessage) => Promise<PushResult>;
