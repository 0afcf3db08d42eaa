export {
  archiveNow,
  latestRestorableTime,
  remove,
  restoreSnapshot,
  restoreToTime,
  takeSnapshot,
} from './backup.ts';
export { type Pair, type PostgresPairOptions, startPair } from './pair.ts';
export { PostgresServer } from './server.ts';
