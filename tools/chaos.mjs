import { register } from 'tsx/esm/api';
import { prepare } from './prepare.mjs';

// Not run as a script with one sentence for its failure: a run that fails says why by itself, and cleans up after itself.
await prepare();
register();
const { chaos } = await import('../tests/chaos/main.ts');
process.exit(await chaos(process.argv.slice(2)));
