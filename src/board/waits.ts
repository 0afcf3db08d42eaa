import type { Choice } from '../drill/choices.ts';
import type { OpenQuestion } from './open-question.ts';
import type { RunState } from './run-state.ts';

/** What can be done about a wait. */
export interface Decision {
  words: string;
  /** To be pasted into a terminal by the person who decides. */
  command: string;
  /** What the page sends where it may decide. */
  post:
    | { kind: 'answer'; step: string; item?: string; role: string; approves: boolean }
    | { kind: 'continue'; choice: Choice; step?: string };
  /** The decision needs a reason. */
  needsWhy: boolean;
}

/** Someone, or something, that the run waits for. */
export interface Wait {
  /** Changes when another thing is waited for. */
  id: string;
  whom: string;
  what: string;
  details: string[];
  /** ISO instant until which it is waited for. */
  until: string | undefined;
  decisions: Decision[];
}

/** What the run waits for now, and who can do something about it. */
export function waitsOf(run: string, state: RunState, isSilent: boolean): Wait[] {
  if (state.outcome) return [];
  // A dry run answers for people: nobody can decide in it.
  const isLive = state.header?.mode === 'live';
  return [
    ...questions(run, state, isLive),
    ...decisions(run, state, isLive),
    ...pauses(run, state),
    ...(isSilent ? silence(run, state) : []),
  ];
}

function questions(run: string, state: RunState, isLive: boolean): Wait[] {
  const question = state.question();
  if (!question) return [];
  const { step, item, role, approvedBy } = question;
  const post = (approves: boolean): Decision['post'] => ({
    kind: 'answer',
    step,
    ...(item !== undefined && { item }),
    role,
    approves,
  });
  const command = `dr-drill approve ${quoted(run)} --role ${quoted(role)}`;
  return [
    {
      id: `${step}/${item ?? ''}/${role}/${approvedBy.length}/${state.refused?.times ?? 0}`,
      whom: role,
      what: question.question,
      details: [...progress(question), ...notCounted(state.refused)],
      until: state.askedUntil(question),
      decisions: isLive
        ? [
            { words: item === undefined ? 'Approve' : 'Yes', command, post: post(true), needsWhy: false },
            {
              words: item === undefined ? 'Refuse' : 'No',
              command: `${command} --refuse --reason "…"`,
              post: post(false),
              needsWhy: true,
            },
          ]
        : [],
    },
  ];
}

const words: Record<Choice, string> = {
  retry: 'Retry the steps that did not succeed',
  skip: 'Go on without',
  'take-over': 'It was done by hand:',
  'roll-back': 'Roll back what can be undone',
  'give-up': 'Give up: end the run as it is',
};

function decisions(run: string, { held, heldReasons, refused, steps }: RunState, isLive: boolean): Wait[] {
  if (!held) return [];
  const failed = held.steps.map((name) => {
    const step = steps.get(name);
    return `${step?.title ?? name} (${name}): ${step?.why ?? 'did not succeed'}`;
  });
  const continued = `dr-drill continue ${quoted(run)}`;
  const offered = held.choices.flatMap((choice): Decision[] => {
    const option = `--${choice}`;
    if (choice !== 'skip' && choice !== 'take-over')
      return [
        {
          words: words[choice],
          command: `${continued} ${option}`,
          post: { kind: 'continue', choice },
          needsWhy: false,
        },
      ];
    return held.steps.map((step) => ({
      words: `${words[choice]} ${step}`,
      command: `${continued} ${option} ${quoted(step)}${choice === 'skip' ? ' --why "…"' : ''}`,
      post: { kind: 'continue', choice, step },
      needsWhy: choice === 'skip',
    }));
  });
  return [
    {
      id: `held/${held.seq}/${refused?.times ?? 0}`,
      whom: 'A person',
      what: 'Decide how the held run continues.',
      details: [...failed, ...heldReasons.map((reason) => `Cannot be undone: ${reason}`), ...notCounted(refused)],
      until: held.until,
      decisions: isLive ? offered : [],
    },
  ];
}

function pauses(run: string, { paused }: RunState): Wait[] {
  if (!paused) return [];
  const hint = paused.hint === undefined ? [] : [paused.hint];
  if (!paused.isOver)
    return [
      {
        id: 'session',
        whom: 'The person who leads the run',
        what: 'Log in to AWS again.',
        details: hint,
        until: undefined,
        decisions: [],
      },
    ];
  const details = [...hint, `dr-drill resume ${quoted(run)}`];
  return [
    {
      id: 'suspended',
      whom: 'The person who leads the run',
      what: 'Take the run up again.',
      details,
      until: undefined,
      decisions: [],
    },
  ];
}

/** The process that led the run may have ended. */
function silence(run: string, { last, paused }: RunState): Wait[] {
  if (!last || paused) return [];
  return [
    {
      id: `silent/${last.seq}`,
      whom: 'The person who leads the run',
      what: `Nothing was written since ${last.at.slice(11, 19)} UTC: the process that leads it may have ended.`,
      details: [`If it has: dr-drill resume ${quoted(run)}`],
      until: undefined,
      decisions: [],
    },
  ];
}

/** How many of the people who must approve have. */
const progress = ({ people, approvedBy }: OpenQuestion): string[] =>
  people > 1
    ? [`${approvedBy.length} of ${people} people have approved${approvedBy.map((by) => `, ${by}`).join('')}.`]
    : [];

const notCounted = (refused: RunState['refused']): string[] => (refused ? [`Did not count: ${refused.why}`] : []);

/** As a shell takes it as one word. */
const quoted = (word: string): string => (/^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
