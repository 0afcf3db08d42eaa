import fc from 'fast-check';

/** Values that hurt programs. */
const values: unknown[] = [
  null,
  true,
  '',
  0,
  -0,
  -1,
  0.1,
  1e308,
  -1e308,
  2 ** 53,
  1_000_000,
  [],
  {},
  [[]],
  [null],
  'constructor',
  'toString',
  '__proto__',
  'hasOwnProperty',
  'valueOf',
  '\ud800',
  'a\udc00b',
  '\u0000',
  '\u202e',
  '\u001b[2J',
  'x'.repeat(5_000),
  '9'.repeat(400),
  '1 min',
  '0.1 %',
  '2026-11-23',
  '2026-11-23T09:30:00.000Z',
  '+275760-09-13T00:00:00.001Z',
  'http://[',
  'javascript:alert(1)',
  '../../etc/passwd',
  `\${results.x.y}`,
  `\${topology.constructor}`,
];
const keys = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'type', 'step', 'x', '\ud800', '0'];

export const strangeValue = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...values) },
  fc.jsonValue({ maxDepth: 2 }),
);

/** A change at some place of a value that JSON can hold. */
export const change = fc.record({
  place: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'double'),
  key: fc.constantFrom(...keys),
  value: strangeValue,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

export const changes = fc.array(change, { minLength: 1, maxLength: 3 });

export function changed(value: unknown, all: readonly Change[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const one of all) changeAt(copy, one);
  return copy;
}

function changeAt(root: unknown, { place, how, key, value }: Change): void {
  let at = root as Record<string, unknown>;
  for (const [depth, index] of place.entries()) {
    const names = Object.keys(at);
    const name = names[index % Math.max(1, names.length)] ?? key;
    const inner = at[name];
    if (depth < place.length - 1 && typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0) {
      at = inner as Record<string, unknown>;
      continue;
    }
    const put = (to: string, what: unknown) =>
      Object.defineProperty(at, to, {
        value: structuredClone(what),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    if (how === 'remove' && !Array.isArray(at)) delete at[name];
    else if (how === 'add' && !Array.isArray(at)) put(key, value);
    else if (how === 'double' && Array.isArray(at)) at.push(...structuredClone(at));
    else put(name, value);
    return;
  }
}

const piece = fc.oneof(
  fc.constantFrom(...'{}[]:,-?&*!|>%@`"\'#\n\t ~<=\r'),
  fc.constantFrom(
    '\n  ',
    ': ',
    '- ',
    '---\n',
    '\ufeff',
    '\r\n',
    '\u0000',
    '\ud800',
    'null',
    '-1',
    '1e999',
    '.nan',
    '-0',
    '-.inf',
    '0x7fffffff',
    '*a',
    '&a ',
    '!!binary ',
    '!!js/function ',
    '<<: *a',
    'constructor',
    '__proto__: 1',
    'toString',
    '1 min',
    '100 %',
  ),
  fc.constantFrom('[', '{a: ', '- ', '? ').map((part) => part.repeat(10_000)),
  fc.constant('9'.repeat(400)),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** A text with some of its lines or characters changed. */
export const textChanges = fc.array(
  fc.record({ how: fc.constantFrom('delete', 'insert', 'replace'), lines: fc.boolean(), at: fc.nat(), piece }),
  { minLength: 1, maxLength: 4 },
);
type TextChanges = typeof textChanges extends fc.Arbitrary<infer T> ? T : never;

export const changedText = (text: string, all: TextChanges): string =>
  all.reduce((before, { how, lines, at, piece: added }) => {
    const parts = before.split(lines ? '\n' : '');
    const value = /^(\s*[\w-]+: )(.*)$/.exec(parts[at % parts.length] ?? '');
    // Half of the time a value gives way, so that the file is still a mapping.
    if (lines && how === 'replace' && value) parts[at % parts.length] = `${value[1]}${added}`;
    else parts.splice(at % (parts.length + 1), how === 'insert' ? 0 : 1, ...(how === 'delete' ? [] : [added]));
    return parts.join(lines ? '\n' : '');
  }, text);

/** Bytes with some of them changed, taken away, or in another place. */
export const byteChanges = fc.array(
  fc.record({
    how: fc.constantFrom('set', 'cut', 'double', 'number'),
    at: fc.nat(),
    length: fc.nat(64),
    byte: fc.nat(255),
  }),
  { minLength: 1, maxLength: 5 },
);
type ByteChanges = typeof byteChanges extends fc.Arbitrary<infer T> ? T : never;

export function changedBytes(bytes: Uint8Array, all: ByteChanges): Buffer {
  let copy = Buffer.from(bytes);
  for (const { how, at, length, byte } of all) {
    if (copy.length < 8) return copy;
    // Half of them in what a zip archive says of its files, which is at its end.
    const place = byte % 2 === 0 ? at % copy.length : copy.length - 1 - (at % Math.min(copy.length, 2_000));
    if (how === 'set') copy[place] = byte;
    else if (how === 'number')
      copy.writeUInt32LE([0, 1, 0x7fffffff, 0xffffffff][byte % 4] ?? 0, Math.min(place, copy.length - 4));
    else if (how === 'cut') copy = Buffer.concat([copy.subarray(0, place), copy.subarray(place + length)]);
    else copy = Buffer.concat([copy.subarray(0, place), copy.subarray(place - length, place), copy.subarray(place)]);
  }
  return copy;
}
