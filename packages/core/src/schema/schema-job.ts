/** A request to the schema thread. Texts are JSON. */
export type Job =
  | { kind: 'definition'; hash: string; schema: string }
  /** Without the schema if the thread has it. */
  | { kind: 'input'; hash: string; schema?: string; input: string };

export interface Fault {
  path: string[];
  message: string;
}

export type Answer =
  /** `untested`: the parts of the schema that it cannot check, in words. */
  | { kind: 'definition'; fault?: string; untested: string[] }
  | { kind: 'input'; fault?: Fault; untested: string[] }
  /** It no longer has the schema: ask again and send it. */
  | { kind: 'forgotten' }
  /** It did not end in time, or used too much memory. */
  | { kind: 'given_up' };
