import { fileURLToPath } from 'node:url';
import type { HttpClient } from '../http.ts';

/** A client of a service at this address, with the connections of this run. */
export type Connect = (url: string, token?: string, more?: Record<string, string>) => HttpClient;

/** How Node runs one of our services. */
export const serviceFile = (name: string): string[] => [
  '--import',
  'tsx',
  fileURLToPath(new URL(`../services/${name}.ts`, import.meta.url)),
];
