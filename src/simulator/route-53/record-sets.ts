import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { plainDomain } from '../../drill/names.ts';

/** A name as Route 53 stores and lists it. */
export const storedName = (name: string | undefined): string => `${plainDomain(name).replace('*', '\\052')}.`;

export const isSameSet = (one: ResourceRecordSet, other: ResourceRecordSet): boolean =>
  one.Name === other.Name && one.Type === other.Type && one.SetIdentifier === other.SetIdentifier;
