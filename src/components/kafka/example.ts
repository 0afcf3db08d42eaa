import type { Example } from '../example.ts';

export const kafkaExample: Example = {
  id: 'messages',
  drills: ['kafka-failover'],
  text: ({ system }) => `\
kind: kafka
primary: { cluster: ${system}-messages-primary }
recovery: { cluster: ${system}-messages-recovery }
# What MirrorMaker calls the primary region's cluster: mirrored topics are called primary.orders, and so on.
mirror: { alias: primary }
# A topic that only drills write to.
markers: dr-drill
consumers:
  - { deployment: notifications, replicas: 2, group: notifications, topics: [orders, dr-drill] }
producers: { deployments: [web], variable: KAFKA_BROKERS }`,
};
