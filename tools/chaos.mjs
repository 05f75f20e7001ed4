import { register } from 'tsx/esm/api';
import { prepare } from './prepare.mjs';

// Not run by runAsScript: a failing run reports its faults and cleans up itself.
await prepare();
register();
const { chaos } = await import('../tests/chaos/main.ts');
process.exit(await chaos(process.argv.slice(2)));
