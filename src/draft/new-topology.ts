import { DATABASE } from '../components/example.ts';
import { kindOf } from '../components/index.ts';
import { witnessExample } from '../components/witness/example.ts';
import { GROUPS } from '../drill/components.ts';
import type { Answers } from './answers.ts';
import { neededFor } from './needs.ts';

const HEAD = `# Written by dr-drill: your answers stand in it, and everything else is an example until you put your own in.
# \`dr-drill discover\` reads most of it from the account.
`;

/** A topology of examples, one of each kind that the drill needs, with the answers in it. */
export function topologyText({ like, domain = '', ...answers }: Answers): string {
  const { system, account, primary, recovery } = answers;
  const kinds = neededFor(like);
  const hasDatabase = kinds.some((kind) => kindOf(kind).example.id === DATABASE);
  const groups = GROUPS.flatMap((group) => {
    const components = kinds
      .filter((kind) => kindOf(kind).group === group)
      .map(
        (kind) =>
          `  ${kindOf(kind).example.id}:\n${indented(4, kindOf(kind).example.text({ ...answers, domain, hasDatabase }))}`,
      );
    return components.length === 0 ? [] : [`${group}:\n${components.join('\n')}`];
  });
  const witness = witnessExample.drills.includes(like)
    ? [
        `# In a region that is neither of the two.\nwitness:\n${indented(2, witnessExample.text(system, thirdRegion(answers)))}`,
      ]
    : [];
  const top = `topology: ${system}\naccount: "${account}"\nregions: { primary: ${primary}, recovery: ${recovery} }`;
  return `${HEAD}${[top, ...groups, ...witness].join('\n\n')}\n`;
}

const indented = (by: number, text: string): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));

/** A witness is in neither of the two regions. */
const thirdRegion = ({ primary, recovery }: Pick<Answers, 'primary' | 'recovery'>): string =>
  ['ap-southeast-1', 'eu-west-1', 'us-west-2'].find((one) => one !== primary && one !== recovery) ?? '';
