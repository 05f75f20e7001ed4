/** Values by what they say, those that were used last, up to a length in all. */
export interface SizedCache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  keys(): Iterable<string>;
}

export function createSizedCache<Value extends { readonly length: number }>(lengthMax: number): SizedCache<Value> {
  const kept = new Map<string, Value>();
  let length = 0;
  const take = (key: string): Value | undefined => {
    const value = kept.get(key);
    length -= value?.length ?? 0;
    kept.delete(key);
    return value;
  };
  const put = (key: string, value: Value): void => {
    kept.set(key, value); // the last one is the last to go
    length += value.length;
  };
  return {
    get: (key) => {
      const value = take(key);
      if (value !== undefined) put(key, value);
      return value;
    },
    set: (key, value) => {
      take(key);
      put(key, value);
      for (const oldest of kept.keys()) {
        if (length <= lengthMax) break;
        take(oldest);
      }
    },
    delete: (key) => void take(key),
    keys: () => kept.keys(),
  };
}
