/** Whether a kind of step moves customers, by whichever lever. */
export const movesCustomers = (kind: string): boolean => /^(arc|globalaccelerator|route53)\./.test(kind);
