import type { Drill, Surprise } from '../drill/drill.ts';
import { inWords } from '../duration.ts';
import type { Picture, PictureState, StepWords } from './picture.ts';

const ENDS = ['passed', 'target-missed', 'rolled-back', 'failed', 'aborted'];

/** The picture of a surprise: each drill that it may turn out to be has a picture of its own. */
export function surprisePicture({ title }: Drill, { of, window, announce }: Surprise): Picture {
  const { days, from, until, zone, within } = window;
  return {
    title,
    machine: 'surprise',
    initial: 'draw',
    states: [
      work('draw', { title: `Draw one of ${of.length} drills and a moment, and seal both` }),
      work('tell', { title: `Tell the ${announce.to}, and no one else`, plane: 'control' }),
      work('wait', { title: `Wait: ${days.join(', ')}, ${from} to ${until} ${zone}, within ${inWords(within)}` }),
      work('begin', { title: `Take the topology, tell the ${announce.to} again, and reveal what was drawn` }),
      {
        id: 'drawn',
        name: 'drawn',
        watches: [],
        shape: 'box',
        sideBySide: false,
        initial: null,
        states: of.map((one) => ({ ...work(one.drill, { title: one.title }), id: `drawn.${one.drill}` })),
      },
      ...ENDS.map((end): PictureState => ({ id: end, name: end.replace('-', ' '), watches: [], shape: 'end' })),
    ],
    arrows: [
      straight('draw', 'tell'),
      straight('tell', 'wait'),
      straight('wait', 'begin', 'its moment has come'),
      straight('begin', 'drawn'),
      ...ENDS.slice(0, 2).map((end) => straight('drawn', end)),
      ...ENDS.slice(2).map((end) => ({ ...straight('drawn', end), kind: 'trouble' as const })),
      { ...straight('tell', 'aborted', 'the commander cannot be told'), kind: 'trouble' },
      { ...straight('wait', 'aborted', 'aborted'), kind: 'trouble' },
      { ...straight('begin', 'aborted', 'its window closed before it could begin'), kind: 'trouble' },
    ],
  };
}

function work(name: string, { title, plane = 'data' }: Pick<StepWords, 'title'> & Partial<StepWords>): PictureState {
  const step = { step: name, title, region: null, plane, isPointOfNoReturn: false };
  return { id: name, name, watches: [], shape: 'step', steps: [step] };
}

const straight = (from: string, to: string, when = '') => ({ kind: 'straight' as const, from, to, when });
