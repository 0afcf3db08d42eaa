import { placeOfDeployment } from '../../drill/deployments.ts';
import { isPassing } from '../../errors.ts';
import type { Cluster, Trouble } from '../../ports/kubernetes.ts';
import type { StepContext } from '../../steps/step.ts';

/** Pods take a moment to come up: before that nobody asks why. */
const FIRST_MS = 10_000;
const EVERY_MS = 15_000;

/**
 * Asks, while deployments are waited for, why they do not become ready, and journals what is new. It never fails and is asked by the way:
 * what the cluster says decides nothing.
 */
export function whyNotReady(cluster: Cluster, deployments: readonly string[], context: StepContext) {
  const { clock, kubernetes, signal, record, step } = context;
  let dueMs = clock.nowMs() + FIRST_MS;
  let told = '';
  return async (): Promise<void> => {
    if (clock.nowMs() < dueMs) return;
    dueMs = clock.nowMs() + EVERY_MS;
    try {
      const each = await Promise.all(
        deployments.map((called) => {
          const { place, name } = placeOfDeployment(cluster, called);
          return kubernetes.troubles(place, name, signal);
        }),
      );
      const reasons = [...new Set(each.flat().map(inWords))];
      if (reasons.length === 0 || reasons.join() === told) return;
      told = reasons.join();
      record({ type: 'not-ready', step, subject: cluster.namespace, reasons });
    } catch (error) {
      signal.throwIfAborted();
      // The look at the deployments themselves tells of an API that does not answer.
      if (!isPassing(error)) record({ type: 'not-ready', step, subject: cluster.namespace, reasons: [unread(error)] });
    }
  };
}

const inWords = ({ about, reason, message }: Trouble): string => `${about}: ${reason}${message ? `: ${message}` : ''}`;

const unread = (error: unknown): string => `why is not known: ${(error as Error).message}`;
