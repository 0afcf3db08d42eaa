/** Every colour of the pictures, for light paper and for dark. Text holds WCAG AA on what it lies on. */
export const colours = {
  paper: { light: '#fbfbf9', dark: '#121615' },
  ink: { light: '#1b211f', dark: '#e8ecea' },
  quiet: { light: '#545d59', dark: '#a3ada9' },
  box: { light: '#f1f3ef', dark: '#1a201e' },
  'box-in-box': { light: '#e6eae4', dark: '#232a27' },
  'box-line': { light: '#c3cac3', dark: '#434e4a' },
  step: { light: '#fefefe', dark: '#0d100f' },
  'step-line': { light: '#848e88', dark: '#6f7b76' },
  control: { light: '#0b6161', dark: '#6cc5bf' },
  trouble: { light: '#7c5955', dark: '#b8928d' },
  good: { light: '#1d6a3a', dark: '#7fcf9b' },
  'good-soft': { light: '#dcefe2', dark: '#1c3526' },
  bad: { light: '#a3271f', dark: '#f19a8e' },
  'bad-soft': { light: '#f7dfdb', dark: '#45211d' },
  warn: { light: '#7d5200', dark: '#e9bd62' },
  'warn-soft': { light: '#fbedcc', dark: '#382b10' },
  neutral: { light: '#4d5652', dark: '#b3bdb9' },
  'neutral-soft': { light: '#e3e6e2', dark: '#2c3431' },
} as const;

export const tones = ['good', 'warn', 'bad', 'neutral'] as const;
export type Tone = (typeof tones)[number];

const toneOfEnd: Record<string, Tone> = {
  passed: 'good',
  'target-missed': 'warn',
  failed: 'bad',
  aborted: 'neutral',
  'rolled-back': 'neutral',
};

/** Whether an end is good or bad. */
export const toneOf = (end: string): Tone => toneOfEnd[end] ?? 'neutral';
