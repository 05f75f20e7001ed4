import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Runs `main` if node was started with the module at `url`, not if it is imported, and exits. A failure prints one
 * sentence on stderr and exits with 1; PROVISO_DEBUG shows the stack.
 */
export async function runAsScript(url, main) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== realpathSync(fileURLToPath(url))) return;
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(process.env.PROVISO_DEBUG ? error : error.message);
    process.exitCode = 1;
  }
  process.exit(); // the schema engine leaves a timer of ten seconds behind
}
