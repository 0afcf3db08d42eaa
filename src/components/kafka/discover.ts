import { listOf } from '../../aws/pages.ts';
import { commonName, type Discover, notKnown, pairedByName, without } from '../discovery.ts';

/** The MSK clusters of the two regions, joined by their names. What MirrorMaker copies between them, and who lives on it, MSK does not tell. */
export const discoverKafka: Discover<'kafka'> = async (aws, { primary, recovery }) => {
  const [here = [], there = []] = await Promise.all(
    [primary, recovery].map(async (region) => {
      const all = await listOf(aws, 'kafka', region, 'ListClustersV2', 'ClusterInfoList', {});
      return all.flatMap(({ ClusterName }) => ClusterName ?? []);
    }),
  );
  const { pairs, alone } = pairedByName(here, there);
  return {
    found: pairs.map((pair) => ({
      id: commonName(pair.primary, pair.recovery),
      component: {
        kind: 'kafka' as const,
        primary: { cluster: pair.primary },
        recovery: { cluster: pair.recovery },
        mirror: { alias: notKnown("what MirrorMaker calls the primary region's cluster", 'primary') },
        markers: notKnown('a topic that only drills write to, mirrored like the others', 'dr-drill'),
        consumers: notKnown('only the applications know who consumes', [
          { deployment: 'consumer', replicas: 1, group: 'consumer', topics: ['dr-drill'] },
        ]),
        producers: notKnown('only the applications know who produces', {
          deployments: ['app'],
          variable: 'KAFKA_BROKERS',
        }),
      },
    })),
    passedOver: [
      ...without(`MSK clusters of ${primary} without a counterpart in ${recovery}`, alone.primary),
      ...without(`MSK clusters of ${recovery} without a counterpart in ${primary}`, alone.recovery),
    ],
  };
};
