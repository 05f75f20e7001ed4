/** Thrown into a start that was stopped half-way. */
export class Stopped extends Error {}

/** How to undo what was started; run once, last started first. */
export class Teardown {
  private readonly steps: (() => unknown)[] = [];
  private closing: Promise<void> | undefined;

  /** Called right after something has started. When everything is being stopped already, undoes it and throws. */
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
