/** What a call was answered. */
export interface HostAnswer {
  status: number;
  body: string;
}

export const says = (status: number, error: string): HostAnswer => ({ status, body: JSON.stringify({ error }) });

/** What a call looks like before anything is believed. */
export interface RawCall {
  body: string;
  header: (name: string) => string | undefined;
}

/** What kept a call from being read: nothing has run. */
export class Unreadable extends Error {
  readonly answer: HostAnswer;
  constructor(answer: HostAnswer) {
    super((JSON.parse(answer.body) as { error: string }).error);
    this.answer = answer;
  }
}

/** Params have at most 256 KiB. */
const BODY_BYTES_MAX = 1024 * 1024;
export const isTooLarge = (bytes: number | string | undefined): boolean => Number(bytes ?? 0) > BODY_BYTES_MAX;
export const TOO_LARGE = says(413, 'Nothing ran: the body is larger than a call can be.');
export const NOT_RAW = says(
  400,
  'Nothing ran: the signature covers the raw body, and a body parser has consumed it. Mount toolHost before express.json().',
);
export const CUT_OFF = says(400, 'Nothing ran: the body was cut off.');
