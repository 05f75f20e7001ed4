import cliProgress from 'cli-progress';

export interface Progress {
  /** Names what is under way and how many steps it has. */
  start(name: string, steps: number): void;
  step(): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere one line for each part. */
export function openProgress(): Progress {
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {percentage}% | {name} | {eta_formatted} left',
      hideCursor: true,
      noTTYOutput: false,
      etaBuffer: 500,
    },
    cliProgress.Presets.shades_classic,
  );
  const isTerminal = Boolean(process.stderr.isTTY);
  return {
    start: (name, steps) => {
      if (!isTerminal) return void process.stderr.write(`${name}\n`);
      bar.stop();
      bar.start(steps, 0, { name });
    },
    step: () => void (isTerminal && bar.increment()),
    stop: () => bar.stop(),
  };
}
