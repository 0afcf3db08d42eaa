export { archiveNow, latestRestorableTime } from './archive.ts';
export { remove, restoreSnapshot, restoreToTime, type Snapshot, takeSnapshot } from './backup.ts';
export { Gate, type GateAddress } from './gate.ts';
export { rowsIn } from './heartbeats.ts';
export { type Pair, type PairOptions, startPair } from './pair.ts';
export { DatabaseServer, type Row, type ServerAddress } from './server.ts';
