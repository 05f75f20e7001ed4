/** `?a=1&b=x,y` of what is given; lists with commas, as the service reads them. */
export function queryOf(values: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values) as [string, string | number | readonly string[] | undefined][])
    if (value !== undefined) query.set(name, [value].flat().join(','));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
