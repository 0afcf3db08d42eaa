import { stringify } from 'yaml';
import { code, plain, table } from '../markdown-text.ts';
import type { LeftBy } from '../measure/left-by.ts';
import type { StackResource } from './stack.ts';

/** What a run has left of a resource that a stack manages, or could. */
export type InStack =
  | {
      drift: 'changed';
      logicalId: string;
      properties: { property: string; value?: unknown; means: string }[];
      steps: string[];
    }
  | { drift: 'gone'; logicalId: string; steps: string[] }
  | { drift: 'renamed'; logicalId: string; to: string; steps: string[] }
  /** No stack knows it. `importedBy` is missing where CloudFormation imports no such resource. */
  | { drift: 'made'; type: string; id: string; importedBy?: string | undefined; steps: string[] };

/** Holds what a run has left against the resources of a stack. */
export function stackDriftOf(left: readonly LeftBy[], stack: readonly StackResource[]): InStack[] {
  return left.flatMap((one): InStack[] => {
    const { cloudFormation, steps } = one;
    if (!cloudFormation) return [];
    const { type, importedBy } = cloudFormation;
    const managed = stack.filter((resource) => isMeant(resource, one));
    if (one.left === 'made') return managed.length > 0 ? [] : [{ drift: 'made', type, id: one.id, importedBy, steps }];
    return managed.flatMap(({ logicalId }): InStack[] => {
      if (one.left === 'gone') return [{ drift: 'gone', logicalId, steps }];
      if (one.left === 'renamed') return [{ drift: 'renamed', logicalId, to: one.to, steps }];
      const properties = one.attributes.flatMap(({ property, value, otherForm, means }) =>
        property === undefined ? [] : [{ property, ...(!otherForm && value !== undefined && { value }), means }],
      );
      return properties.length === 0 ? [] : [{ drift: 'changed', logicalId, properties, steps }];
    });
  });
}

const isMeant = ({ type, physicalId, region }: StackResource, { cloudFormation, region: where }: LeftBy): boolean =>
  type === cloudFormation?.type &&
  physicalId.replace(/\.$/, '').toLowerCase() === cloudFormation.physicalId.replace(/\.$/, '').toLowerCase() &&
  (region === undefined || where === null || region === where);

/** The values to write into the template, so that an update asks for what stands already. */
export function templateFor(drift: readonly InStack[]): string {
  const changed = drift.filter((one) => one.drift === 'changed');
  const known = changed.flatMap(({ logicalId, properties }): [string, object][] => {
    const set = properties.filter(({ value }) => value !== undefined && value !== null);
    return set.length === 0 ? [] : [[logicalId, { Properties: nested(set) }]];
  });
  const byHand = changed.flatMap(({ logicalId, properties }) =>
    properties.flatMap(({ property, value }) => {
      if (value === null) return [`# Take ${property} out of the properties of ${logicalId}.\n`];
      return value === undefined ? [`# Write into ${property} of ${logicalId} what stands now.\n`] : [];
    }),
  );
  const kept = drift.flatMap((one): [string, object][] =>
    one.drift === 'gone' || one.drift === 'renamed' ? [[one.logicalId, { DeletionPolicy: 'Retain' }]] : [],
  );
  const resources = [...known, ...kept];
  return `${byHand.join('')}${resources.length === 0 ? '' : stringify({ Resources: Object.fromEntries(resources) })}`;
}

/** `ScalingConfig.MinSize` as a value within another. */
function nested(properties: readonly { property: string; value?: unknown }[]): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const { property, value } of properties) {
    const [outer = '', inner] = property.split('.');
    all[outer] = inner === undefined ? value : { ...(all[outer] as object | undefined), [inner]: value };
  }
  return all;
}

/** What `--resources-to-import` of a change set takes. */
export const importsFor = (drift: readonly InStack[]): object[] =>
  drift.flatMap((one) =>
    one.drift === 'made' && one.importedBy !== undefined
      ? [
          {
            ResourceType: one.type,
            LogicalResourceId: one.id.replace(/[^A-Za-z0-9]+(.)?/g, (_, next = '') => next.toUpperCase()),
            ResourceIdentifier: { [one.importedBy]: one.id },
          },
        ]
      : [],
  );

/** What an update of the stack would do to what a run has left, as Markdown. */
export function stackDriftMarkdown(run: string, drift: readonly InStack[]): string {
  const template = templateFor(drift);
  const imports = importsFor(drift);
  const block = (language: string, text: string) => [`\`\`\`${language}`, text.trimEnd(), '```'].join('\n');
  return `${[
    `# CloudFormation after ${plain(run)}`,
    ...(drift.length === 0
      ? ['The stack has none of the resources that the run left.']
      : [
          'CloudFormation compares a template with the previous one, not with the resource: it reverts a property when an update changes or replaces it.',
          table(['Logical id', 'The run has left', 'The next update', 'Steps'], drift.flatMap(rowsOf)),
        ]),
    ...(template === ''
      ? []
      : ['## Into the template', 'Then an update asks for what stands already.', block('yaml', template)]),
    ...(imports.length === 0
      ? []
      : [
          '## To import',
          'Describe them in the template, then: aws cloudformation create-change-set --change-set-type IMPORT --resources-to-import file://resources-to-import.json',
          block('json', JSON.stringify(imports, null, 2)),
        ]),
  ].join('\n\n')}\n`;
}

function rowsOf(one: InStack): string[][] {
  const steps = one.steps.map(code).join(', ');
  switch (one.drift) {
    case 'changed':
      return one.properties.map(({ property, value, means }) => [
        code(one.logicalId),
        `${code(property)}${value === undefined ? ' is changed' : ` is ${value === null ? 'not set' : plain(JSON.stringify(value))}`}`,
        plain(`if it sets this property: ${means}`),
        steps,
      ]);
    case 'gone':
      return [
        [
          code(one.logicalId),
          'it is deleted',
          'fails if it touches it: keep its DeletionPolicy at Retain, then take it out of the template',
          steps,
        ],
      ];
    case 'renamed':
      return [
        [
          code(one.logicalId),
          plain(`its name is ${one.to}`),
          'acts on the resource with the old name: keep its DeletionPolicy at Retain, then remove it from the template',
          steps,
        ],
      ];
    case 'made':
      return [[plain('none'), plain(`${one.id} is new (${one.type})`), 'does not know it', steps]];
  }
}
