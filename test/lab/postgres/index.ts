export {
  archiveNow,
  latestRestorableTime,
  remove,
  restoreSnapshot,
  restoreToTime,
  type Snapshot,
  takeSnapshot,
} from './backup.ts';
export { Gate } from './gate.ts';
export { rowsIn } from './heartbeats.ts';
export { type Pair, type PairOptions, startPair } from './pair.ts';
export { DatabaseServer, type ServerAddress } from './server.ts';
