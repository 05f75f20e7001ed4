/** `?a=1&b=x,y` of the given values; lists are joined with commas, as the service expects. */
export function queryOf(values: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values) as [string, string | number | readonly string[] | undefined][])
    if (value !== undefined) query.set(name, [value].flat().join(','));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
