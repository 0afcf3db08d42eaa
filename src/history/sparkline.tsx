import { scaleLinear } from 'd3-scale';

/** A figure from run to run, as a line in a row; what it is now stands beside it. */
export function Sparkline({ all, width = 120 }: { all: readonly (number | null)[]; width?: number }) {
  const known = all.flatMap((ms, index) => (ms === null ? [] : [{ ms, index }]));
  const y = scaleLinear([0, Math.max(1, ...known.map(({ ms }) => ms))], [22, 2]);
  const x = scaleLinear([0, Math.max(1, all.length - 1)], [3, width - 3]);
  const line = known.map(({ ms, index }) => `${x(index).toFixed(1)},${y(ms).toFixed(1)}`);
  const [lastX, lastY] = line.at(-1)?.split(',') ?? [];
  return (
    <svg viewBox={`0 0 ${width} 24`} width={width} height="24" aria-hidden="true">
      <polyline points={line.join(' ')} fill="none" stroke="var(--accent)" stroke-width="1.5" />
      {lastX !== undefined && <circle cx={lastX} cy={lastY} r="2.5" fill="var(--accent)" />}
    </svg>
  );
}
