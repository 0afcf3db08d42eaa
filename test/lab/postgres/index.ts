export {
  archiveNow,
  latestRestorableTime,
  remove,
  restoreSnapshot,
  restoreToTime,
  type Snapshot,
  takeSnapshot,
} from './backup.ts';
export { rowsIn } from './heartbeats.ts';
export { type Pair, type PairOptions, startPair } from './pair.ts';
export { DatabaseServer } from './server.ts';
export { addStandby } from './standby.ts';
