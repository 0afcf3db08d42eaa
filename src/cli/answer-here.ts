import { userInfo } from 'node:os';
import { type OpenQuestion, openQuestion } from '../board/open-question.ts';
import { realClock } from '../clock/real-clock.ts';
import { Aborted } from '../errors.ts';
import type { Entry } from '../journal/events.ts';
import { leaveAnswer, type Prove } from '../live/people.ts';
import { personKey } from '../steps/people/person.ts';
import { type Ask, askUntil, atKeyboard } from './keyboard.ts';

/**
 * Asks at the run's own terminal what the run asks of people, and leaves their answers where `dr-drill approve` leaves them: the run
 * gets all of them in one way.
 * @param earlier what stood in the journal before this process
 */
export function answersHere(folder: string, earlier: readonly Entry[], prove?: Prove) {
  const entries = [...earlier];
  let talk: { about: string; abandon: AbortController; over: Promise<void> } | undefined;
  /** Who has answered here, until the run has read it. */
  let given: string | undefined;
  /** Nobody is here any more: the input has ended. */
  let gone = false;

  const take = async (question: OpenQuestion, abandoned: AbortSignal) => {
    try {
      const answer = await converse(question, folder, abandoned, prove !== undefined);
      gone = answer === 'gone';
      if (!answer || answer === 'gone') return;
      const said = { ...answer, step: question.step, ...itemOf(question), atMs: realClock().wallMs() };
      await leaveAnswer(folder, { ...said, through: 'terminal' }, prove);
      given = answer.by;
    } catch {
      // A terminal that cannot be read is no reason to end a drill: the other ways to answer remain.
      gone = true;
    }
  };
  const begin = (question: OpenQuestion) => {
    const abandon = new AbortController();
    const mine = { about: aboutOf(question), abandon, over: take(question, abandon.signal) };
    talk = mine;
    void mine.over.then(() => {
      if (talk === mine) talk = undefined;
    });
  };

  return {
    hear(entry: Entry): void {
      entries.push(entry);
      if (!ABOUT_PEOPLE.has(entry.type)) return;
      if (entry.type === 'answered' && entry.by === given) given = undefined;
      const question = openQuestion(entries);
      const wanted = question && question.approvedBy.length < question.people ? question : undefined;
      const about = wanted && aboutOf(wanted);
      if (talk && talk.about !== about) talk.abandon.abort();
      if (wanted && talk?.about !== about && given === undefined && !gone) begin(wanted);
    },
    async close(): Promise<void> {
      talk?.abandon.abort();
      await talk?.over;
    },
  };
}

const ABOUT_PEOPLE = new Set<Entry['type']>([
  'step-resumed',
  'approval-asked',
  'answered',
  'people-decided',
  'step-ended',
]);

/** What is asked about: a step's approval, or one item of its list. */
const aboutOf = ({ step, item = '' }: OpenQuestion): string => `${step}/${item}`;

const itemOf = ({ item }: OpenQuestion) => (item === undefined ? {} : { item });

interface Said {
  by: string;
  role: string;
  approves: boolean;
  reason?: string;
}

/** Who answers, for which role, and what; nothing, where it is no longer wanted. */
async function converse(
  question: OpenQuestion,
  folder: string,
  abandoned: AbortSignal,
  isProven: boolean,
): Promise<Said | 'gone' | undefined> {
  const { role, roles, approvedBy } = question;
  const intro = `${question.question} Answer here, or elsewhere with: dr-drill approve ${folder}`;
  const roleOf = (typed: string) => roles.find((one) => personKey(one) === personKey(typed));
  const isItem = question.item !== undefined;
  const talk = async (asked: Ask): Promise<Said> => {
    const ask = (text: string, wrong: (answer: string) => string | undefined) => askUntil(asked, text, wrong);
    // Where the topology names people, the AWS identity of this process says who it is.
    const by = isProven
      ? userInfo().username
      : await ask('Your name: ', (name) =>
          name === ''
            ? 'A name is needed.'
            : approvedBy.some((one) => personKey(one) === personKey(name))
              ? `${name} has approved already.`
              : undefined,
        );
    const as = await ask(`Your role, if not ${role}: `, (one) =>
      one === '' || roleOf(one) ? undefined : `One of ${roles.join(', ')}.`,
    );
    const word = await ask(isItem ? 'Yes or no: ' : 'Approve, yes or no: ', (one) =>
      /^(yes|no)$/i.test(one) ? undefined : 'Please type it.',
    );
    const approves = word.toLowerCase() === 'yes';
    const reason = approves ? '' : await ask('Why not, for the record: ', () => undefined);
    return { by, role: roleOf(as) ?? role, approves, ...(reason && { reason }) };
  };
  try {
    return await atKeyboard({ intro, abandoned }, talk);
  } catch (error) {
    if (!(error instanceof Aborted)) throw error;
    return abandoned.aborted ? undefined : 'gone';
  }
}
