/** Thrown into a start that was stopped before its end. */
export class Stopped extends Error {}

/** Undoes what was started: once, and last started first. */
export class Teardown {
  private readonly steps: (() => unknown)[] = [];
  private closing: Promise<void> | undefined;

  /** Call it right after something has started. If a stop is in progress, it undoes that at once and throws. */
  async add(undo: () => unknown): Promise<void> {
    if (this.closing === undefined) {
      this.steps.push(undo);
      return;
    }
    await undo();
    throw new Stopped();
  }

  close(): Promise<void> {
    this.closing ??= this.run();
    return this.closing;
  }

  private async run(): Promise<void> {
    for (const undo of this.steps.toReversed()) await undo();
  }
}
