// The code that runs in the thread of schema-pool.ts.
import { parentPort } from 'node:worker_threads';
import { answerForDefinition, answerForInput } from './compiled-schema.ts';
import type { Answer, Job } from './schema-job.ts';

function answer(job: Job): Answer {
  try {
    if (job.kind === 'definition') return answerForDefinition(job.hash, job.schema);
    return answerForInput(job.hash, job.schema, job.input);
  } catch {
    return { kind: 'given_up' }; // a schema that calls itself, and the like
  }
}

parentPort?.on('message', (job: Job) => parentPort?.postMessage(answer(job)));
parentPort?.postMessage('ready');
