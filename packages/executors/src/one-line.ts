/** A server's text for people: one line, at most 500 characters. Mask it first. */
export const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
    .toWellFormed();
