import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

await runAsScript(import.meta.url, () => prepare());
