/** What an object itself has under a name that somebody chose: `constructor` may be a type, a tool or a param. */
export const own = <T>(object: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;
