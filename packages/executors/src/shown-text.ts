/** Text of a server for people: one line, no secret that it echoes, at most 500 characters. */
export function shownText(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
  return hidden
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 500);
}
