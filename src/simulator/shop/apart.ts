import type { Query, Row } from '../../ports/sql.ts';
import { named } from '../faults.ts';
import type { World } from '../world.ts';
import { type Held, instantOf, type Span } from './orders.ts';
import { numbersOf } from './rows.ts';

/** What an old writer and a new one are asked, to find the rows that only one of them holds. The rows of a table are numbers. */
export function answerAboutApart(world: World, held: Held, { name, text, values = [], about }: Query): Row[] {
  const table = about?.table ?? '';
  const words = typeof text === 'string' ? text : text.postgres;
  if (name === 'apart.keys') return [{ column_name: 'id' }];
  if (name === 'apart.newest') return [{ newest: instantOf(world, held.orders(world.clock.nowMs())) }];
  const spans = numbersOf(world, held, Number(values[0]))[table];
  if (!spans) throw named('QueryFailed', `relation "${table}" does not exist`);
  const changed = table === 'orders' ? held.changed : 0;
  const [, parts = '1'] = /% (\d+) /.exec(words) ?? [];
  if (name === 'apart.parts')
    return Array.from({ length: Number(parts) }, (_, part) => sumOf(spans, part, Number(parts), changed)).filter(
      ({ row_count }) => row_count > 0,
    );
  const wanted = (/ in \(([\d, ]+)\)$/.exec(words)?.[1] ?? '').split(', ').map(Number);
  const rows = wanted.flatMap((part) => numbersIn(spans, part, Number(parts)));
  return [{ found: JSON.stringify(rows.map((one) => [String(one), one < changed ? 'changed' : 'as it was'])) }];
}

/** The numbers of a span that leave this rest: the first of them, and how many. */
function within([first, end]: Span, part: number, parts: number): { from: number; count: number } {
  const from = first + ((part - (first % parts) + parts) % parts);
  return { from, count: Math.max(0, Math.ceil((end - from) / parts)) };
}

const numbersIn = (spans: readonly Span[], part: number, parts: number): number[] =>
  spans.flatMap((span) => {
    const { from, count } = within(span, part, parts);
    return Array.from({ length: count }, (_, index) => from + index * parts);
  });

/** Worked out: a shop has millions of orders. */
function sumOf(spans: readonly Span[], part: number, parts: number, changed: number) {
  const rows = spans.map((span) => within(span, part, parts));
  const sum = rows.reduce((total, { from, count }) => total + count * from + (parts * count * (count - 1)) / 2, 0);
  const altered = spans.reduce(
    (total, [first, end]) => total + within([first, Math.min(end, Math.max(first, changed))], part, parts).count,
    0,
  );
  const count = rows.reduce((total, one) => total + one.count, 0);
  return { part, row_count: count, total: `${sum}${altered > 0 ? ` with ${altered} changed` : ''}` };
}
