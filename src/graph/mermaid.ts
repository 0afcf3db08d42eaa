import { colours, type Tone, toneOf, tones } from './colours.ts';
import { mermaidText, mermaidTitle } from './mermaid-text.ts';
import { type Picture, type PictureState, type PictureStep, statesIn } from './picture.ts';

/** A flowchart, as state diagrams of Mermaid have no quiet arrow. What has no colour of its own takes that of the page. */
export function toMermaid(picture: Picture): string {
  const names = nodeNames(picture);
  const all = statesIn(picture.states);
  const edges = edgesOf(picture, names);
  const quiet = edges.flatMap(({ isQuiet }, index) => (isQuiet ? [index] : []));
  const lines = [
    '---',
    `title: ${mermaidTitle(picture.title)}`,
    '---',
    'flowchart TB',
    `  accTitle: State machine ${picture.machine}`,
    ...(picture.initial === null ? [] : ['start((" ")):::marker']),
    ...picture.states.flatMap((state) => nodeLines(state, names)),
    ...edges.map(({ text }) => text),
    ...all.filter(({ shape }) => shape === 'box').map(({ id }) => `class ${names.get(id)} box`),
    ...classes,
    ...(quiet.length > 0 ? [`linkStyle ${quiet.join()} stroke:#888,stroke-width:1.5px`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

type Box = PictureState & { shape: 'box' };
type Names = ReadonlyMap<string, string>;

/** For every state a name in which Mermaid can find no keyword. */
function nodeNames({ states }: Picture): Names {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id } of statesIn(states)) {
    let name = `at_${id.replace(/[^A-Za-z0-9]+/g, '_')}`;
    while (taken.has(name)) name += '_';
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

function nodeLines(state: PictureState, names: Names, isBranch = false): string[] {
  const name = names.get(state.id);
  switch (state.shape) {
    case 'box': {
      const marker = state.initial === null ? [] : [`${name}_start((" ")):::marker`];
      const note = state.watches.length === 0 ? [] : [`${name}_watches["${watchText(state).join('<br/>')}"]:::note`];
      const inside = state.states.flatMap((one) => nodeLines(one, names, state.sideBySide));
      const lines = [`direction ${liesDown(state, isBranch) ? 'LR' : 'TB'}`, ...marker, ...note, ...inside];
      return [`subgraph ${name}["${heading(state)}"]`, ...lines.map((line) => `  ${line}`), 'end'];
    }
    case 'step': {
      const look = state.steps.some((step) => step.isPointOfNoReturn) ? ':::noreturn' : '';
      return [`${name}["${[heading(state), ...state.steps.map(stepText), ...watchText(state)].join('<br/>')}"]${look}`];
    }
    case 'work':
      return [`${name}["${[heading(state), ...watchText(state)].join('<br/>')}"]`];
    case 'choice':
      return [`${name}{"${mermaidText(state.name)}"}`];
    case 'end':
      return [`${name}(["${heading(state)}"]):::${toneOf(state.id)}`];
    case 'done':
      return [`${name}((("<small>${mermaidText(state.name)}</small>")))`];
  }
}

/** A short row of states is laid out horizontally, which saves height, unless there is another one beside it. */
const liesDown = ({ states, sideBySide }: Box, isBranch: boolean): boolean =>
  !isBranch && !sideBySide && states.length <= 4 && states.every(({ shape }) => shape !== 'box');

const heading = ({ name }: PictureState): string => `<b>${mermaidText(name)}</b>`;

const watchText = ({ watches }: PictureState): string[] =>
  watches.map((watch) => `meanwhile#58; ${mermaidText(watch)}`);

function stepText({ title, plane, isPointOfNoReturn }: PictureStep): string {
  const marks = [
    ...(isPointOfNoReturn ? ['<br/><b>point of no return</b>'] : []),
    ...(plane === 'control' ? ['<br/><i>control plane</i>'] : []),
  ];
  return mermaidText(title) + marks.join('');
}

interface Edge {
  text: string;
  isQuiet: boolean;
}

function edgesOf(picture: Picture, names: Names): Edge[] {
  const all = statesIn(picture.states);
  const boxes = all.filter((state) => state.shape === 'box');
  const markers = new Map(boxes.map(({ id, initial }) => [id, initial === null ? null : `${names.get(id)}_start`]));
  const end = (id: string): string => {
    const marker = markers.get(id);
    return marker && isLeftFromInside(id, picture) ? marker : (names.get(id) ?? '');
  };
  const starts = [{ id: '', initial: picture.initial }, ...boxes].flatMap(({ id, initial }) =>
    initial === null ? [] : [{ text: `${markers.get(id) ?? 'start'} --> ${end(initial)}`, isQuiet: false }],
  );
  const shapes = new Map(all.map(({ id, shape }) => [id, shape]));
  const leadsOn = (from: string, to: string): boolean =>
    shapes.get(from) === 'choice' && !['box', 'end'].includes(shapes.get(to) ?? '');
  const arrows = picture.arrows.map(({ kind, from, to, when }) => {
    const isQuiet = kind === 'trouble';
    // Room for a label where the arrow has to pass what is in its box, or may cross another of its choice.
    const isLong = when !== '' && (leavesItsBox(from, to) || leadsOn(from, to));
    const line = isQuiet ? '-.->' : isLong ? '--->' : '-->';
    const label = when && `|"${mermaidText(when)}"|`;
    return { text: `${names.get(from)} ${line}${label} ${end(to)}`, isQuiet };
  });
  // Keeps a note near the beginning of its box.
  const notes = boxes.flatMap(({ id, watches }) =>
    watches.length > 0 && markers.get(id)
      ? [{ text: `${markers.get(id)} ~~~ ${names.get(id)}_watches`, isQuiet: false }]
      : [],
  );
  return [...starts, ...arrows, ...notes];
}

/** Mermaid lays out such a box together with what is around it, and lets an arrow that leads to it end in its last state. */
function isLeftFromInside(box: string, { arrows }: Picture): boolean {
  const isInside = (id: string) => id.startsWith(`${box}.`);
  return arrows.some(({ from, to }) => isInside(from) && !isInside(to) && to !== box);
}

const leavesItsBox = (from: string, to: string): boolean => !to.startsWith(from.slice(0, from.lastIndexOf('.') + 1));

const filled = (tone: Tone): string =>
  `classDef ${tone} fill:${colours[tone].light},stroke:${colours[tone].light},color:#fff`;

/** Colours that can be read on light pages and on dark ones. */
const classes = [
  'classDef box fill:#8080801a,stroke:#80808080',
  'classDef marker fill:#808080,stroke:#808080',
  'classDef note fill:none,stroke:#80808080,stroke-dasharray:2 3',
  'classDef noreturn stroke:#d0453b,stroke-width:3px',
  ...tones.map(filled),
];
