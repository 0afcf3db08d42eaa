import type { Attributes, Edge, Graph, Subgraph, Node as VizNode } from '@viz-js/viz';
import type { Arrow } from './arrows.ts';
import { colours, toneOf } from './colours.ts';
import { type Line, label } from './dot-label.ts';
import { linesOf } from './in-words.ts';
import { type Picture, type PictureState, type PictureStep, statesIn } from './picture.ts';

/** The picture for Graphviz. Each of its elements has the state or the arrow that it stands for as its id. */
export function toDot(picture: Picture): Graph {
  const all = new Map(statesIn(picture.states).map((state) => [state.id, state]));
  return {
    directed: true,
    graphAttributes: { rankdir: 'TB', compound: true, nodesep: 0.3, ranksep: 0.32, bgcolor: 'transparent' },
    nodeAttributes: {
      shape: 'box',
      style: 'rounded,filled',
      margin: '0.17,0.08',
      ...font,
      ...look('step', 'step-line'),
    },
    edgeAttributes: { arrowsize: 0.7, penwidth: 1.1, color: colours.quiet.light, ...font },
    ...withEndsBelow(contents('', picture, 0), picture),
    edges: [...beginnings('', picture), ...picture.arrows].map((arrow) => edge(arrow, all)),
  };
}

type Box = Extract<PictureState, { shape: 'box' }>;
type Row = Pick<Box, 'states' | 'initial'>;
type Contents = Pick<Graph, 'nodes' | 'subgraphs'>;
type States = ReadonlyMap<string, PictureState>;

/** Of the fonts whose widths Graphviz knows, the one that is most like what a browser takes. */
const font = { fontname: 'Arial', fontsize: 12 };
const look = (fill: keyof typeof colours, line: keyof typeof colours): Attributes => ({
  fillcolor: colours[fill].light,
  color: colours[line].light,
});

const startOf = (box: string): string => `start:${box}`;
const clusterOf = (box: string): string => `cluster:${box}`;

function contents(id: string, { states, initial }: Row, depth: number): Contents {
  const marker = { shape: 'circle', width: 0.14, fixedsize: true, label: '', ...look('quiet', 'quiet') };
  const starts = initial === null ? [] : [{ name: startOf(id), attributes: { id: startOf(id), ...marker } }];
  return {
    nodes: [...starts, ...states.flatMap((state) => (state.shape === 'box' ? [] : [node(state)]))],
    subgraphs: states.flatMap((state) => (state.shape === 'box' ? [cluster(state, depth)] : [])),
  };
}

/** One block beneath all else: how a drill is judged or rolled back, and its ends in one row. */
function withEndsBelow({ nodes = [], subgraphs = [] }: Contents, { states }: Picture): Contents {
  const of = (...shapes: string[]) => {
    const ids = new Set(states.flatMap(({ id, shape }) => (shapes.includes(shape) ? [id] : [])));
    return nodes.filter(({ name }) => ids.has(name));
  };
  const ending = of('work', 'choice', 'end');
  const block = {
    name: 'cluster:ending',
    graphAttributes: {
      label: label([{ text: 'end of the drill', bold: true }], { align: 'left' }),
      ...boxLook,
      ...look('box', 'box-line'),
    },
    nodes: of('work', 'choice'),
    subgraphs: [{ graphAttributes: { rank: 'same' }, nodes: of('end') }],
  };
  return { nodes: nodes.filter((one) => !ending.includes(one)), subgraphs: [...subgraphs, block] };
}

const boxLook: Attributes = { labeljust: 'l', ...font, margin: 12, style: 'rounded,filled' };

function cluster(box: Box, depth: number): Subgraph {
  const graphAttributes = {
    id: `state:${box.id}`,
    label: label([{ text: box.name, bold: true }, ...watchLines(box, 60)], { align: 'left' }),
    ...boxLook,
    ...look(depth % 2 === 0 ? 'box' : 'box-in-box', 'box-line'),
  };
  return { name: clusterOf(box.id), graphAttributes, ...contents(box.id, box, depth + 1) };
}

const node = (state: Exclude<PictureState, Box>): VizNode => ({
  name: state.id,
  attributes: { id: `state:${state.id}`, ...nodeLook(state) },
});

function nodeLook(state: Exclude<PictureState, Box>): Attributes {
  const name = { text: state.name, bold: true };
  switch (state.shape) {
    case 'step': {
      const isPointOfNoReturn = state.steps.some((step) => step.isPointOfNoReturn);
      return {
        label: label([name, ...state.steps.flatMap(stepLines), ...watchLines(state, 30)]),
        ...(isPointOfNoReturn && { color: colours.bad.light, penwidth: 2.2 }),
      };
    }
    case 'work':
      return { label: label([name, ...watchLines(state, 30)]) };
    case 'choice':
      return { label: label([{ text: state.name, size: 11 }]), shape: 'diamond', style: 'filled', margin: '0.02,0.02' };
    case 'end': {
      const tone = toneOf(state.id);
      return { label: label([{ ...name, colour: tone }]), ...look(`${tone}-soft`, tone), peripheries: 2 };
    }
    case 'done':
      return {
        label: label([{ text: state.name, colour: 'quiet', size: 10 }]),
        shape: 'doublecircle',
        style: 'filled',
        margin: '0.01,0.01',
      };
  }
}

const watchLines = ({ watches }: PictureState, lengthMax: number): Line[] =>
  watches.flatMap((watch) =>
    linesOf(`meanwhile: ${watch}`, lengthMax).map((text): Line => ({ text, colour: 'quiet', size: 11 })),
  );

const stepLines = ({ title, plane, region, isPointOfNoReturn }: PictureStep): Line[] => [
  ...linesOf(title, 32).map((text) => ({ text })),
  ...(isPointOfNoReturn ? [{ text: 'point of no return', bold: true, colour: 'bad', size: 11 } as const] : []),
  ...(plane === 'control'
    ? [{ text: `control plane${region ? ` of ${region}` : ''}`, colour: 'control', size: 11 } as const]
    : []),
];

/** The arrow from the marker where a row of states begins, and those of the rows in it. */
const beginnings = (id: string, { states, initial }: Row): Arrow[] => [
  ...(initial === null ? [] : [{ kind: 'straight', from: startOf(id), to: initial, when: '' } as const]),
  ...states.flatMap((state) => (state.shape === 'box' ? beginnings(state.id, state) : [])),
];

/** Graphviz draws arrows between nodes only, but cuts them off where a box begins. */
function edge({ kind, from, to, when }: Arrow, all: States): Edge {
  const tail = all.get(from);
  const head = all.get(to);
  const isQuiet = kind === 'trouble';
  return {
    tail: tail?.shape === 'box' ? lastIn(tail) : from,
    head: head?.shape === 'box' ? firstIn(head) : to,
    attributes: {
      id: `arrow:${kind}:${from}:${to}`,
      ...(tail?.shape === 'box' && { ltail: clusterOf(from) }),
      ...(head?.shape === 'box' && { lhead: clusterOf(to) }),
      ...(when && {
        label: label(
          linesOf(when, 26).map((text) => whenLine(text, isQuiet)),
          { padding: 3 },
        ),
      }),
      ...(isQuiet && { style: 'dashed', color: colours.trouble.light, penwidth: 0.9, weight: 0 }),
    },
  };
}

const whenLine = (text: string, isQuiet: boolean): Line => ({
  text,
  colour: isQuiet ? 'trouble' : 'quiet',
  size: 11,
});

function firstIn({ id, initial, states }: Box): string {
  const [first] = states;
  return initial !== null ? startOf(id) : first?.shape === 'box' ? firstIn(first) : (first?.id ?? id);
}

function lastIn({ states, id }: Box): string {
  const last = states.at(-1);
  return last?.shape === 'box' ? lastIn(last) : (last?.id ?? id);
}
