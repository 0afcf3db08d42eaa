/** Everything that a report can be written as. */
export const formatNames = ['html', 'json', 'md', 'junit', 'oscal', 'csv', 'pdf'] as const;
export type Format = (typeof formatNames)[number];
