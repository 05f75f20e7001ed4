/** A service that holds actions until they are approved, runs them, and tells their result; as a user would run it. */
export interface Subject {
  name: string;
  /** How it is run, for the reader of a report. */
  setup: string;
  /** Starts it on empty stores. */
  start(): Promise<RunningSubject>;
}

export interface RunningSubject {
  /** Its processes by role, the stores included. */
  processes: Record<string, number>;
  /** Creates an action that waits for approval and returns its id. */
  create(n: number): Promise<string>;
  /** Approves an action; it returns when the service has acknowledged it. */
  approve(id: string): Promise<void>;
  /** Whether its result is stored. Throws when the action ended in any other way. */
  isCompleted(id: string): Promise<boolean>;
  stop(): Promise<void>;
}
