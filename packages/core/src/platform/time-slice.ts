// Work on many items goes on in slices: what else the process has to do comes in between. One clock for all of them, so
// that ten such requests at once hold nobody up for longer than one. Held by time-slice.test.ts.

const SLICE_MS = 10;

let endsAt = -Infinity;
let opening: Promise<void> | undefined;

/** Resolves at once while the slice lasts, else when the event loop has been round. */
export async function nextSlice(): Promise<void> {
  while (performance.now() >= endsAt) await (opening ??= openSlice());
}

async function openSlice(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
  opening = undefined;
  endsAt = performance.now() + SLICE_MS;
}
