const CACHED_MAX = 1_000;

/**
 * Looks each key up once and caches the result for a minute. A bulk of proposals may name one channel a thousand times,
 * and providers allow few such calls. Errors are not cached.
 */
export function cacheForMinute<Found>(): (key: string, ask: () => Promise<Found>) => Promise<Found> {
  const cache = new Map<string, { untilMs: number; found: Promise<Found> }>();
  return (key, ask) => {
    const cached = cache.get(key);
    if (cached && cached.untilMs > performance.now()) return cached.found;
    cache.delete(key);
    if (cache.size >= CACHED_MAX) cache.delete(cache.keys().next().value ?? '');
    const found = ask();
    cache.set(key, { untilMs: performance.now() + 60_000, found });
    found.catch(() => cache.delete(key));
    return found;
  };
}
