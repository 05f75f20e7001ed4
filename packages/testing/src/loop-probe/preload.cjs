// Preloaded into a process under test (--require). Reports over IPC how long its event loop was blocked and how much
// memory it took. Node has no clock of one thread's work, so it uses the process's where that is less than the elapsed
// time.
const { Worker, isMainThread, workerData } = require('node:worker_threads');

/** Shared with the sampling thread: bytes, 0 = start again. */
const peak = isMainThread
  ? new BigInt64Array(new SharedArrayBuffer(8))
  : new BigInt64Array(workerData?.loopProbe ?? new SharedArrayBuffer(8));

if (isMainThread) {
  const now = () => {
    const { user, system } = process.cpuUsage();
    return { wall: performance.now(), cpu: (user + system) / 1000 };
  };
  let last = now();
  let heldMs = 0;
  const tick = () => {
    const seen = now();
    heldMs = Math.max(heldMs, Math.min(seen.wall - last.wall, seen.cpu - last.cpu));
    last = seen;
  };
  setInterval(tick, 1).unref();
  new Worker(__filename, { workerData: { loopProbe: peak.buffer }, execArgv: [] }).unref();

  let before = 0;
  process.on('message', (message) => {
    if (message === 'probe:begin' || message === 'probe:begin:clean') {
      if (message === 'probe:begin:clean') globalThis.gc();
      before = process.memoryUsage.rss();
      Atomics.store(peak, 0, 0n);
      [last, heldMs] = [now(), 0];
      process.send({});
    }
    if (message === 'probe:end') {
      tick();
      const most = Math.max(Number(Atomics.load(peak, 0)), process.memoryUsage.rss());
      process.send({ heldMs, peakBytes: Math.max(0, most - before) });
    }
  });
} else if (workerData?.loopProbe) {
  setInterval(() => {
    const rss = BigInt(process.memoryUsage.rss());
    if (rss > Atomics.load(peak, 0)) Atomics.store(peak, 0, rss);
  }, 5);
}
