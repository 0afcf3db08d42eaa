import type { Drift, Drifted } from './drift.ts';

/** Two files for Terraform or OpenTofu: blocks for the root module, and overrides of resources. */
export interface Blocks {
  moves: string;
  overrides: string;
}

/** Blocks that keep a plan from reverting or destroying what a run has left. */
export function blocksFor({ drifted }: Drift): Blocks {
  return {
    moves: drifted.flatMap(moveBlocks).join('\n'),
    overrides: drifted.flatMap((one) => (one.drift === 'changed' ? ignoring(one) : [])).join('\n'),
  };
}

function moveBlocks(one: Drifted): string[] {
  switch (one.drift) {
    case 'made':
      return [`import {\n  to = ${one.to}\n  id = ${JSON.stringify(one.id)}\n}\n`];
    case 'gone':
      return [`# Take the resource block of ${one.address} out of the configuration, too.\n${removed(one.address)}`];
    case 'renamed':
      // Terraform takes no `moved` block of a resource that is still declared.
      return [
        `# ${one.address} is called ${one.to} now. Forget it before you plan; nothing is deleted:\n#   terraform state rm '${one.address}'\n`,
      ];
    default:
      return [];
  }
}

const removed = (from: string): string =>
  `removed {\n  from = ${from.replace(/\[[^\]]*\]/g, '')}\n\n  lifecycle {\n    destroy = false\n  }\n}\n`;

/** `ignore_changes` belongs inside a resource: an override file adds it without an edit. */
function ignoring({ address, module, attributes, steps }: Extract<Drifted, { drift: 'changed' }>): string[] {
  const [type, name] = address
    .slice(module === '' ? 0 : module.length + 1)
    .replace(/\[.*\]$/, '')
    .split('.');
  return [
    ...(module === '' ? [] : [`# Put this into the folder of the module ${module}.`]),
    `# ${address}: changed by ${steps.join(', ')}.`,
    `resource "${type}" "${name}" {\n  lifecycle {\n    ignore_changes = [${attributes.map(({ path }) => path).join(', ')}]\n  }\n}\n`,
  ];
}
