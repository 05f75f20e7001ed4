/** What every subject's action carries: a short e-mail that nobody sends. */
export const PARAMS = {
  email: 'ada@example.com',
  subject: 'Following up',
  message: 'Hello Ada, I am circling back on the demo of yesterday. Would Tuesday at ten suit you?',
};

export type Params = typeof PARAMS;

/** What running it stores. */
export const resultOf = ({ email }: Params): { ok: true; to: string } => ({ ok: true, to: email });
