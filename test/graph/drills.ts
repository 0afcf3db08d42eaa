import { loadDrill } from '../../src/drill/load.ts';
import { drillPicture } from '../../src/graph/drill-picture.ts';
import type { Picture, PictureState } from '../../src/graph/picture.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';

export const FAILOVER = 'drills/multi-region-failover.yaml';
export const drillFiles = [FAILOVER, 'drills/snapshot-restore.yaml', 'drills/point-in-time-restore.yaml'];
/** Its picture is of no machine. */
export const SURPRISE = 'drills/surprise.yaml';

export function pictureFor(path: string, ...overrides: string[]): Picture {
  const { drill, topology } = loadDrill(path, { overrides, vocabulary });
  return drillPicture(drill, topology);
}

/** A small picture in which every text that may come from a file is this one. */
export function pictureSaying(text: string): Picture {
  const step = { step: 'one', title: text, region: text, plane: 'control', isPointOfNoReturn: true } as const;
  const work: PictureState = { id: 'box.work', name: 'work', watches: [], shape: 'step', steps: [step] };
  return {
    title: text,
    machine: 'example',
    initial: 'box',
    states: [
      { id: 'box', name: 'box', watches: [text], shape: 'box', sideBySide: false, initial: 'box.work', states: [work] },
      { id: 'passed', name: 'passed', watches: [], shape: 'end' },
    ],
    arrows: [{ kind: 'straight', from: 'box.work', to: 'passed', when: text }],
  };
}

export const hostileTexts = [
  '<script>alert(1)</script>',
  '</text><image href="http://evil/x.png" onerror="alert(1)"/>',
  '</style></title></svg>',
  'a "quoted" title; end',
  'two\nlines\r\nsubgraph x',
  '%%{init: {"theme":"dark"}}%%',
  '---\nconfig:\n  theme: dark\n---',
  'style a fill:#f00;',
  '-->|x| b',
  '&lt; #quot; `**bold**`',
  '1. one',
  '- one',
];
