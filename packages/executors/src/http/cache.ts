const REMEMBERED_MAX = 1_000;

/**
 * Looks each key up once and caches the result for a minute. A bulk of proposals may name one channel a thousand times,
 * and providers allow few such calls. Errors are not cached.
 */
export function cacheForMinute<Found>(): (key: string, ask: () => Promise<Found>) => Promise<Found> {
  const known = new Map<string, { untilMs: number; found: Promise<Found> }>();
  return (key, ask) => {
    const standing = known.get(key);
    if (standing && standing.untilMs > performance.now()) return standing.found;
    known.delete(key);
    if (known.size >= REMEMBERED_MAX) known.delete(known.keys().next().value ?? '');
    const found = ask();
    known.set(key, { untilMs: performance.now() + 60_000, found });
    found.catch(() => known.delete(key));
    return found;
  };
}
