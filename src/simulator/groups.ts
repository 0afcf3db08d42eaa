/** The network of a region. The shop has one in each region. */
export const vpcIn = (region: string): string => `vpc-${region}`;

/** Components share groups, and an account has each once. */
export const once = <T extends object>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
];
