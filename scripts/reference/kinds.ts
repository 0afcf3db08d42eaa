import { allKinds } from '../../src/components/index.ts';
import { type Verb, verbs } from '../../src/components/verbs.ts';
import { code, kindLink, page, table } from './page.ts';

/** Which kind answers which verb. */
export function kindsPage(): string {
  const groups = ['data', 'compute', 'traffic'] as const;
  return page(
    'Kinds and verbs',
    'Which verb each kind of component answers. A component whose kind does not answer a verb is skipped. [Components and verbs](../concepts/components.md) says what each verb means.',
    ...groups.flatMap((group) => {
      const kinds = allKinds.filter((one) => one.group === group);
      const own = (Object.keys(verbs) as Verb[]).filter((verb) => verb.startsWith(`${group}.`));
      return [
        `## ${group}`,
        table(
          ['verb', ...kinds.map(({ kind }) => kindLink(kind))],
          own.map((verb) => [code(verb), ...kinds.map((kind) => (verb in kind.verbs ? 'yes' : 'no'))]),
        ),
      ];
    }),
  );
}
