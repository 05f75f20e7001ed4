/**
 * A label for a name that a tenant or a far side chose, such as a property or an argument: `properties["Contact"]`. A
 * label of ours is words alone, so that no name can pass for one. Held by `describeConformance`.
 */
export const givenLabel = (group: string, name: string): string => `${group}[${JSON.stringify(name)}]`;
