import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { paged } from '../src/aws/pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const LINES_WARN = 300;
const LINES_MAX = 400;

interface Ban {
  /** A global, or a property of one, as it is written. */
  name: string;
  home: string;
  instead: string;
}

const bans: Ban[] = [
  { name: 'Date.now', home: 'src/clock/', instead: '`clock.nowMs()`' },
  { name: 'new Date()', home: 'src/clock/', instead: '`clock.nowMs()`' },
  { name: 'performance.now', home: 'src/clock/', instead: '`clock.elapsedMs()`' },
  { name: 'setTimeout', home: 'src/clock/', instead: '`clock.sleep(ms, signal)`' },
  { name: 'setInterval', home: 'src/clock/', instead: '`clock.sleep(ms, signal)` in a loop' },
  { name: 'setImmediate', home: 'src/clock/', instead: '`clock.sleep(0, signal)`' },
  { name: 'Math.random', home: 'src/clock/', instead: 'the seeded random numbers of the simulator' },
  { name: 'console', home: 'src/cli/', instead: 'an event in the journal, or a line printed by src/cli' },
  { name: 'process.exit', home: 'src/cli/', instead: 'a thrown DrillError, which src/cli turns into an exit code' },
  { name: 'process.stdout', home: 'src/cli/', instead: 'a returned text, which src/cli prints' },
  { name: 'process.stderr', home: 'src/cli/', instead: 'a returned text, which src/cli prints' },
];

const banned = new Map(bans.map((ban) => [ban.name, ban]));
const timersModule = /^(node:)?timers(\/promises)?$/;
const ARN_HOME = 'src/arn.ts';
const vagueName = /(^|[-.])(utils?|helpers?|common|misc|managers?)([-.]|$)/;
const awsOwnNames = /(secrets|systems)-manager/;
/** What is made on the way, as in runs/ and dist/, may be absent. */
const repositoryPath = /^(\.\/)?(src|drills|test|state-machines|schema|scripts|\.ci)\/[\w.@/-]*(:\d+)?$/;

describe('style', () => {
  test('clock, randomness, output and exit are used only in their homes', () => {
    const found = sourceFiles().flatMap((file) => bannedUses(file, read(file)));
    expect(found, found.join('\n')).toEqual([]);
  });

  test(`no file is longer than ${LINES_MAX} lines`, () => {
    const lengths = sourceFiles().map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }));
    for (const { file, lines } of lengths) {
      if (lines > LINES_WARN) console.warn(`${file} has ${lines} lines: split it by subject before ${LINES_MAX}`);
    }
    const found = lengths
      .filter(({ lines }) => lines > LINES_MAX)
      .map(
        ({ file, lines }) =>
          `${file}:${LINES_MAX + 1} has ${lines} lines: split it by subject, one a file, below ${LINES_WARN}`,
      );
    expect(found, found.join('\n')).toEqual([]);
  });

  test('files and folders are named by their subject', () => {
    const found = vagueNames(sourceFiles());
    expect(found, found.join('\n')).toEqual([]);
  });

  test(`ARNs are made and taken apart in ${ARN_HOME} alone`, () => {
    const found = sourceFiles().flatMap((file) => arnTemplates(file, read(file)));
    expect(found, found.join('\n')).toEqual([]);
  });

  test('an operation that answers in pages is called by src/aws/pages.ts alone, which reads to the last one', () => {
    const found = sourceFiles().flatMap((file) => callsOfOnePage(file, read(file)));
    expect(found, found.join('\n')).toEqual([]);
  });

  test('paths cited in README.md, ARCHITECTURE.md and CHANGELOG.md exist', () => {
    const documents = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'].filter((file) => existsSync(join(root, file)));
    const found = documents.flatMap((file) => missingPaths(file, read(file)));
    expect(found, found.join('\n')).toEqual([]);
  });
});

describe('the style test itself', () => {
  test.each([
    ["await aws.call('rds', region, 'DescribeDBInstances', {});", 1],
    ["await context.aws.call('sns', region, 'ListTopics', {});", 1],
    ["await aws({ step, signal }).call('route53', region, 'ListHostedZones', {});", 1],
    ["await listOf(aws, 'rds', region, 'DescribeDBInstances', 'DBInstances', {});", 0],
    ["await aws.call('rds', region, 'PromoteReadReplica', {});", 0],
  ])('finds the list of one page in %s', (code, count) => {
    expect(callsOfOnePage('src/steps/example.ts', code)).toHaveLength(count);
  });

  test.each([
    [`const arn = \`arn:aws:rds:\${region}:db\`;`, 1],
    ["const all = 'arn:aws:route53:::change/*';", 1],
    [`const arn = \`arn:\${partition}:s3:::\${bucket}\`;`, 1],
    ['const pattern = /^arn:aws[\\w-]*:kms:/;', 1],
    ["const isArn = name.startsWith('arn:');", 1],
    ['// An ARN begins with arn:aws in one partition', 0],
    ["const hint = 'Give its ARN.';", 0],
  ])('finds the ARN in %s', (code, count) => {
    expect(arnTemplates('src/run/example.ts', code)).toHaveLength(count);
    expect(arnTemplates(ARN_HOME, code)).toEqual([]);
  });

  test.each([
    ['const t = Date.now();', 'Date.now'],
    ['const t = new Date();', 'new Date()'],
    ['const t = Date();', 'new Date()'],
    ['const now = Date.now;', 'Date.now'],
    ['const { now } = Date;', 'Date.now'],
    ['performance.now();', 'performance.now'],
    ['setTimeout(done, 5);', 'setTimeout'],
    ['globalThis.setInterval(done, 5);', 'setInterval'],
    ["import { setTimeout as wait } from 'node:timers/promises';", 'node:timers/promises'],
    ["import { exit } from 'node:process';", 'node:process'],
    ['Math.random();', 'Math.random'],
    ["Math['random']();", 'Math.random'],
    ["console.log('x');", 'console'],
    ['process.exit(1);', 'process.exit'],
    ["process.stdout.write('x');", 'process.stdout'],
  ])('finds %s', (code, name) => {
    expect(bannedUses('src/run/example.ts', code)).toEqual([expect.stringContaining(`\`${name}\``)]);
  });

  test.each([
    'new Date(ms).toISOString();',
    'clock.setTimeout(done, 5);',
    '// console.log(Date.now())',
    "const text = 'setTimeout(done)';",
    'const options = { console: true };',
    'let timer: ReturnType<typeof setTimeout>;',
    "process.once('SIGINT', stop);",
  ])('allows %s', (code) => {
    expect(bannedUses('src/run/example.ts', code)).toEqual([]);
  });

  test('allows a banned call in its home', () => {
    expect(bannedUses('src/clock/real-clock.ts', 'setTimeout(done, Date.now());')).toEqual([]);
    expect(bannedUses('src/cli/main.ts', 'console.log(1); process.exit(1);')).toEqual([]);
  });

  test('finds vague names but not the names of AWS services', () => {
    expect(vagueNames(['src/common/a.ts', 'src/rds/rds-utils.ts', 'src/steps/secrets-manager/read.ts'])).toHaveLength(
      2,
    );
  });

  test('finds a cited path which is gone', () => {
    const text =
      'See `src/gone.ts`, `package.json`, `runs/latest/`,\n`.ci/gone`, `application/json` and `src/steps/<service>/`.';
    expect(missingPaths('README.md', text)).toEqual([
      expect.stringContaining('README.md:1 cites `src/gone.ts`'),
      expect.stringContaining('README.md:2 cites `.ci/gone`'),
    ]);
  });
});

/** Calls that would see the first page of a list only. */
function callsOfOnePage(file: string, code: string): string[] {
  const tree = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === 'call'
    ) {
      const [service, , operation] = node.arguments.map((one) => (ts.isStringLiteral(one) ? one.text : ''));
      if (`${service}:${operation}` in paged) {
        const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        found.push(`${file}:${line} sees one page of ${operation}: use listOf or pagesOf of src/aws/pages.ts`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Texts and patterns that spell an ARN, and so know its form or its partition. */
function arnTemplates(file: string, code: string): string[] {
  if (file === ARN_HOME) return [];
  const tree = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const spells =
      (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isRegularExpressionLiteral(node)) &&
      /\barn:/.test(node.text);
    if (spells) {
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push(`${file}:${line} spells an ARN: make it, or take it apart, with ${ARN_HOME}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Every use of a banned name outside its home; read from the syntax tree, so comments and strings do not count. */
function bannedUses(file: string, code: string): string[] {
  const tree = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  visit(tree);
  return found;

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node)) return;
    for (const name of namesOf(node)) report(node, banned.get(name));
    if (ts.isImportDeclaration(node)) checkImport(node);
    ts.forEachChild(node, visit);
  }

  function checkImport(node: ts.ImportDeclaration): void {
    if (!ts.isStringLiteral(node.moduleSpecifier) || node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
      return;
    const from = node.moduleSpecifier.text;
    const home = timersModule.test(from)
      ? 'src/clock/'
      : /^(node:)?(process|console)$/.test(from)
        ? 'src/cli/'
        : undefined;
    const instead = home === 'src/clock/' ? 'the clock' : 'the global `process`, within its bans';
    if (home) report(node, { name: from, home, instead });
  }

  function report(node: ts.Node, ban: Ban | undefined): void {
    if (ban === undefined || file.startsWith(ban.home)) return;
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push(`${file}:${line} \`${ban.name}\` outside ${ban.home}: use ${ban.instead}`);
  }
}

/** The names in the table of bans which this one node could be. */
function namesOf(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node)) return [memberName(node.expression.getText(), node.name.text)];
  if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)) {
    return [memberName(node.expression.getText(), node.argumentExpression.text)];
  }
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
    const isDate = node.expression.getText().replace(/^globalThis\./, '') === 'Date';
    const isNow = ts.isCallExpression(node) || (node.arguments ?? []).length === 0;
    return isDate && isNow ? ['new Date()'] : [];
  }
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name) && node.initializer) {
    const object = node.initializer.getText();
    return node.name.elements.map((element) => memberName(object, (element.propertyName ?? element.name).getText()));
  }
  if (ts.isIdentifier(node) && isFreeName(node)) return [node.text];
  return [];
}

const memberName = (object: string, property: string): string =>
  object === 'globalThis' ? property : `${object.replace(/^globalThis\./, '')}.${property}`;

/** Whether an identifier represents a variable, not for a member, a declared name or a key. */
function isFreeName(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  const isDeclaredName = 'name' in parent && parent.name === node;
  const isKeyOfPattern = ts.isBindingElement(parent) && parent.propertyName === node;
  return !isDeclaredName && !isKeyOfPattern;
}

function vagueNames(files: string[]): string[] {
  const isVague = (name: string) => vagueName.test(name.replace(awsOwnNames, ''));
  return files.flatMap((file) =>
    file
      .split('/')
      .filter(isVague)
      .map(
        (name) => `${file}:1 \`${name}\` hides its subject: name it by what the domain calls it, as promote-replica.ts`,
      ),
  );
}

/** Paths in backticks that look like files of this repository but are not there. */
function missingPaths(document: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(/`([^`]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((cited) => repositoryPath.test(cited))
      .filter((cited) => !existsSync(join(root, cited.replace(/:\d+$/, ''))))
      .map(
        (cited) => `${document}:${index + 1} cites \`${cited}\`, which is gone: correct it, or cite what replaced it`,
      ),
  );
}

function sourceFiles(): string[] {
  return ['src', 'state-machines']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
        .filter((file) => /\.tsx?$/.test(basename(file))),
    );
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
