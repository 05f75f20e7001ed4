export * from './backends.ts';
export * from './listener.ts';
export * from './probe-executor.ts';
export * from './processes.ts';
export * from './until.ts';
export * from './world.ts';
