import type { z } from 'zod';

export function variableGroups(readers: readonly object[]): Record<string, z.ZodRawShape>;
export function variablesTable(zod: typeof z, variables: z.ZodRawShape): string;
