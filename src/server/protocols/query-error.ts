import type { ServedService } from '../catalogue.ts';
import type { Fault } from '../fault.ts';

/** A service that once spoke awsQuery still says what that protocol would have called an error. */
export const queryError = ({ code, type }: Fault, served: ServedService | undefined): Record<string, string> =>
  served?.settings.awsQueryCompatible ? { 'x-amzn-query-error': `${code};${type}` } : {};
