/** The HTTP response to a call. */
export interface HostAnswer {
  status: number;
  body: string;
}

export const errorAnswer = (status: number, error: string): HostAnswer => ({ status, body: JSON.stringify({ error }) });

/** A call before anything in it is verified. */
export interface RawCall {
  body: string;
  header: (name: string) => string | undefined;
}

/** Why a call could not be read: nothing has run. */
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
export const TOO_LARGE = errorAnswer(413, 'Nothing ran: the body is larger than a call can be.');
export const NOT_RAW = errorAnswer(
  400,
  'Nothing ran: the signature covers the raw body, and a body parser has consumed it. Mount toolHost before express.json().',
);
export const CUT_OFF = errorAnswer(400, 'Nothing ran: the body was cut off.');
