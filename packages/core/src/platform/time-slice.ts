// Divides work on many items into time slices, with other work of the process in between. All of it shares one clock,
// so that ten such requests delay others no longer than one. Held by time-slice.test.ts.

const SLICE_MS = 10;

let endsAt = -Infinity;
let opening: Promise<void> | undefined;

/** Resolves at once within the slice, else after a turn of the event loop. */
export async function nextSlice(): Promise<void> {
  while (performance.now() >= endsAt) await (opening ??= openSlice());
}

async function openSlice(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
  opening = undefined;
  endsAt = performance.now() + SLICE_MS;
}
