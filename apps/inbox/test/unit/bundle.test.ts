import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = path.join(__dirname, '../../dist');
const GZIPPED_BYTES_MAX = 250_000;

/** The files that the browser loads before it draws the list: those that the page names, and those that they import. */
function filesOfTheList(): string[] {
  const page = readFileSync(path.join(DIST, 'index.html'), 'utf8');
  const found = new Set([...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file = '']) => file));
  for (const file of found) {
    const source = readFileSync(path.join(DIST, file), 'utf8');
    for (const [, name = ''] of source.matchAll(
      /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}$,\s]+from\s*)?[`"']\.\/([^`"']+\.js)[`"']/g,
    ))
      found.add(`assets/${name}`);
  }
  return [...found];
}

describe('the bundle of the inbox', () => {
  it(`loads at most ${GZIPPED_BYTES_MAX / 1_000} kB of scripts, gzipped, before the list`, () => {
    const files = filesOfTheList();
    const sizes = files.map((file) => gzipSync(readFileSync(path.join(DIST, file))).length);
    expect(files.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(GZIPPED_BYTES_MAX);
  });
});
