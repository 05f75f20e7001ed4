#!/usr/bin/env node
// It is in the repository, so that npm can link it before anything is built.
await import('../dist/main.js');
