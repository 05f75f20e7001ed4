/** What the thread of schemas is asked. Texts are JSON. */
export type Job =
  | { kind: 'definition'; hash: string; schema: string }
  /** Without the schema where the thread knows it. */
  | { kind: 'input'; hash: string; schema?: string; input: string };

export interface Fault {
  path: string[];
  message: string;
}

export type Answer =
  /** `untested`: what of the schema it cannot test, in words. */
  | { kind: 'definition'; fault?: string; untested: string[] }
  | { kind: 'input'; fault?: Fault; untested: string[] }
  /** It knew the schema once: ask again, with it. */
  | { kind: 'forgotten' }
  /** It did not end in time, or took too much memory. */
  | { kind: 'given_up' };
