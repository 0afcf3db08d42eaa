/** The target of a record: fixed addresses, or the addresses that other names resolve to. */
export interface Destination {
  addresses: string[];
  targets?: string[] | undefined;
}

/** What a topology says of a side of a name. */
interface Side {
  address?: string | undefined;
  ipv6?: string | undefined;
  addresses?: string[] | undefined;
  target?: string | undefined;
}

/** The fixed addresses of a side; those of one family, where it is said. */
export const fixedAddresses = ({ address, ipv6, addresses = [] }: Partial<Side>, type?: 'A' | 'AAAA'): string[] =>
  [...new Set([address, ipv6, ...addresses].filter((one) => one !== undefined))].filter(
    (one) => type === undefined || one.includes(':') === (type === 'AAAA'),
  );

export const destinationOf = (side: Side): Destination =>
  side.target === undefined ? { addresses: fixedAddresses(side) } : { addresses: [], targets: [side.target] };

/** The address for requests to the load balancer of one region, independent of the public name. */
export const regionDoorOf = (side: Side): Destination => {
  const [first] = fixedAddresses(side);
  return first === undefined ? destinationOf(side) : { addresses: [first] };
};
