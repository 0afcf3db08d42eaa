import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { hasStandardTools, unpackedByHand } from '../evidence/by-hand.ts';
import { indexIn } from '../evidence/sealed.ts';
import { drDrill, here, newFolder, runHere } from './command.ts';
import { answering, hasPseudoTerminal, onTerminal } from './pseudo-terminal.ts';

const SNAPSHOT = 'drills/snapshot-restore.yaml';

async function debriefed() {
  const run = await runHere([SNAPSHOT, '--set', 'controls=["SOC 2 A1.3", "SOC 2 CC7.5"]']);
  const file = join(newFolder(), 'debrief.yaml');
  writeFileSync(
    file,
    [
      'participants:',
      '  - { name: Mei-Ling Chen, role: incident commander }',
      'well: [The restore began at once]',
      'badly: [Nobody knew the key]',
      'actions:',
      '  - { action: Write down 切換演練, owner: Mei-Ling Chen, due: 2026-12-24 }',
    ].join('\n'),
  );
  const first = await here(['debrief', run.folder, '--from', file, '--action', 'Raise the quota; Ann; 2026-12-01']);
  expect(first).toMatchObject({ exitCode: 0, err: '' });
  const second = await here(['debrief', run.folder, '--close', '2', '--by', 'Ann', '--json']);
  expect(JSON.parse(second.out)).toMatchObject({
    by: 'Ann',
    askedForBy: ['SOC 2 CC7.5'],
    actions: [
      { id: 1, action: 'Write down 切換演練', isClosed: false },
      { id: 2, owner: 'Ann', due: '2026-12-01', isClosed: true },
    ],
  });
  return { ...run, debrief: join(run.folder, 'debrief.jsonl') };
}

test('a debrief is added, signed, packed and verified with its run, and history counts its actions', async () => {
  const { folder, runs } = await debriefed();
  const bundle = join(newFolder(), 'evidence.zip');
  expect(await drDrill(['bundle', folder, '-o', bundle])).toMatchObject({ exitCode: 0 });
  const index = indexIn(bundle);
  for (const said of ['went well: The restore began at once', 'action 1, open: Write down 切換演練', 'action 2, done:'])
    expect(index).toContain(said);
  for (const path of [folder, bundle]) expect(await here(['verify', path])).toMatchObject({ exitCode: 0, err: '' });
  expect((await drDrill(['verify', bundle])).out).toMatch(/debrief signed with the key [0-9a-f]{64}/);
  expect((await drDrill(['history', '--runs', runs])).out).toContain('actions  1 open, 1 closed');
});

test.runIf(hasStandardTools)(
  'a bundle is checked by hand as its README says, and alterations show there, too',
  async () => {
    const { folder } = await debriefed();
    const bundle = join(newFolder(), 'evidence.zip');
    await here(['bundle', folder, '-o', bundle]);
    const byHand = unpackedByHand(bundle);
    const { key } = JSON.parse((await here(['verify', bundle, '--json'])).out);
    const [fingerprint, signature, files, chain, debrief] = byHand.said();
    expect(fingerprint?.says).toContain(key.fingerprint);
    expect(signature?.says).toContain('Signature Verified Successfully');
    expect(files).toEqual({ passed: true, says: expect.stringMatching(/^(journal\.jsonl|report\.\w+): OK\n/) });
    expect(chain?.says).toBe('');
    expect(debrief?.says).toBe('Signature Verified Successfully\n'.repeat(2));

    const alter = (file: string, change: (text: string) => string) => {
      const path = join(byHand.folder, file);
      writeFileSync(path, change(readFileSync(path, 'utf8')));
    };
    alter('journal.jsonl', (text) => text.replace(/"seq":10,(.*?)"ms":/, '"seq":10,$1"ms":9'));
    alter('manifest.json', (text) => text.replace('"dry-run"', '"live"'));
    alter('debrief.jsonl', (text) => text.replace('2026-12-24', '2027-12-24'));
    const [, forged, altered, broken, unsaid] = byHand.said();
    expect(forged?.passed).toBe(false);
    expect(altered).toEqual({ passed: false, says: expect.stringContaining('journal.jsonl: FAILED') });
    expect(broken?.says).toMatch(/^\{"seq":11,.*\n$/);
    expect(unsaid?.says).toMatch(/^Signature Verification Failure\ndoes not follow: .*"seq":2,/);
  },
  300_000,
);

test('whatever is altered in a debrief is told, with its line', async () => {
  const { folder, debrief } = await debriefed();
  const text = readFileSync(debrief, 'utf8');
  const [first = '', second = ''] = text.split('\n');
  const alterations: [string, number][] = [
    [text.replace('2026-12-24', '2027-12-24'), 1],
    [text.replace('"by":"Ann"', '"by":"Bob"'), 2],
    [text.replace('"closed":[2]', '"closed":[ 2]'), 2],
    [`${second}\n${first}\n`, 1],
    [`${second}\n`, 1],
    [`${text}${second}\n`, 3],
    [text.slice(0, -1), 2],
  ];
  for (const [altered, line] of alterations) {
    writeFileSync(debrief, altered);
    const { exitCode, out } = await here(['verify', folder]);
    expect([exitCode, out]).toEqual([1, expect.stringContaining(`debrief.jsonl, line ${line},`)]);
  }
  expect(await here(['debrief', folder, '--well', 'all'])).toMatchObject({ exitCode: 2 });
});

test('a debrief of another run, or by a key that is not trusted, is told', async () => {
  const { folder, debrief } = await debriefed();
  const other = await runHere([SNAPSHOT, '--seed', '7']);
  writeFileSync(join(other.folder, 'debrief.jsonl'), readFileSync(debrief));
  expect((await here(['verify', other.folder])).out).toContain('does not follow');
  const stranger = { env: { DR_DRILL_KEYS: newFolder() } };
  expect(await drDrill(['debrief', folder, '--well', 'more'], stranger)).toMatchObject({ exitCode: 0 });
  const { exitCode, out } = await here(['verify', folder, '--key', join(folder, 'signer.pem')]);
  expect([exitCode, out]).toEqual([1, expect.stringContaining('signed by a key that is not trusted')]);
});

test('what says nothing, or cannot be understood, is refused and changes nothing', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  for (const [args, why] of [
    [[], '--well'],
    [['--action', 'Raise the quota'], 'owner'],
    [['--action', 'Raise the quota; Ann; soon'], 'date'],
    [['--close', '1'], 'no action 1'],
    [['--from', 'nowhere.yaml'], 'cannot be read'],
  ] as [string[], string][]) {
    const { exitCode, err } = await here(['debrief', folder, ...args]);
    expect([args, exitCode, err]).toEqual([args, 2, expect.stringContaining(why)]);
  }
  expect(existsSync(join(folder, 'debrief.jsonl'))).toBe(false);
  appendFileSync(join(folder, 'journal.jsonl'), 'x');
  expect(await here(['debrief', folder, '--well', 'all'])).toMatchObject({ exitCode: 2 });
});

test.runIf(hasPseudoTerminal)('who sits at a terminal and says nothing is asked', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  const asked = [
    'Who took part: ',
    'role of Ann: ',
    'and: ',
    'went well: ',
    'did not: ',
    'and: ',
    'to be done: ',
    'Docs”: ',
    '2026-12-24: ',
    'if any: ',
    'and: ',
  ];
  const answers = ['Ann', 'operator', '', '', 'Late', '', 'Docs', 'Bob', '2026-12-01', '', ''];
  let seen = 0;
  const { exitCode } = await onTerminal(['debrief', folder], {
    types(screen, type) {
      const next = asked[0];
      if (next === undefined) return;
      const at = screen.indexOf(next, seen);
      if (at < 0) return;
      seen = at + next.length;
      asked.shift();
      type(`${answers.shift()}\n`);
    },
  });
  expect(exitCode).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'debrief.jsonl'), 'utf8'))).toMatchObject({
    participants: [{ name: 'Ann', role: 'operator' }],
    badly: ['Late'],
    actions: [{ action: 'Docs', owner: 'Bob', due: '2026-12-01' }],
  });
});

test('the next run of the drill is compared with those before, and carries what is still to be done, sealed with it', async () => {
  const { runs, folder } = await debriefed();
  const again = ['run', SNAPSHOT, '--runs', runs, '--format', 'html', 'md', 'json', 'pdf'];
  expect(await here([...again, '--set', 'simulation.restore.takes=9 min'])).toMatchObject({ err: '' });
  const next = readdirSync(runs).filter((name) => name !== 'index.jsonl' && name !== basename(folder))[0] ?? '';
  const read = (file: string) => readFileSync(join(runs, next, file), 'utf8');
  const report = JSON.parse(read('report.json'));
  expect(report.before).toMatchObject({
    runs: [{ run: basename(folder), outcome: 'passed' }],
    actions: [
      { run: basename(folder), id: 1, action: 'Write down 切換演練', owner: 'Mei-Ling Chen', due: '2026-12-24' },
    ],
    words: [expect.stringMatching(/^Recovery is .+ than that of the run before/), expect.any(String)],
  });
  for (const file of ['report.html', 'report.md']) {
    expect(read(file)).toContain('Write down 切換演練');
    expect(read(file)).toContain('Sign-off');
  }
  expect(await here(['verify', join(runs, next)])).toMatchObject({ exitCode: 0, err: '' });
  expect(await here(['report', join(runs, next)])).toMatchObject({ exitCode: 0 });
  const bundle = join(newFolder(), 'evidence.zip');
  await here(['bundle', join(runs, next), '-o', bundle]);
  expect(await here(['verify', bundle])).toMatchObject({ exitCode: 0 });

  // The next run remembers how far the debrief had come.
  const debrief = join(folder, 'debrief.jsonl');
  const whole = readFileSync(debrief, 'utf8');
  for (const rest of [`${whole.split('\n')[0]}\n`, '']) {
    writeFileSync(debrief, rest);
    const missed = await here(['verify', folder]);
    expect([missed.exitCode, missed.out]).toEqual([
      1,
      expect.stringContaining(`lacks what ${next} remembers of it: line 2`),
    ]);
  }
  writeFileSync(debrief, whole);
  expect(await here(['verify', folder])).toMatchObject({ exitCode: 0 });

  writeFileSync(join(runs, next, 'before.json'), read('before.json').replace('Mei-Ling', 'Ann'));
  const { exitCode, out } = await here(['verify', join(runs, next)]);
  expect([exitCode, out]).toEqual([
    1,
    expect.stringMatching(/before\.json was altered\n.*report\.html does not follow/s),
  ]);
});

test('two people who debrief a run at once both stand on record', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  const people = ['Ann', 'Bob', 'Mei-Ling', 'Dan', 'Eve'];
  const all = await Promise.all(
    people.map((by) => here(['debrief', folder, '--by', by, '--well', 'It began at once'])),
  );
  expect(all.map(({ exitCode }) => exitCode)).toEqual(people.map(() => 0));
  const lines = readFileSync(join(folder, 'debrief.jsonl'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).by).sort()).toEqual([...people].sort());
  expect(await here(['verify', folder])).toMatchObject({ exitCode: 0 });
});

test('an action that is due before the run, or decades later, is refused with the days that will do', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  for (const due of ['2025-12-24', '2126-12-24']) {
    const { exitCode, err } = await here(['debrief', folder, '--action', `Raise the quota; Ann; ${due}`]);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(`cannot be due on ${due}`)]);
  }
});

test('a line of a debrief that cannot be read is told by the next report, by verify, by history and in the bundle', async () => {
  const { folder, runs, debrief } = await debriefed();
  const lines = readFileSync(debrief, 'utf8').split('\n');
  writeFileSync(debrief, [lines[0], '{"half a line', ''].join('\n'));
  const told = `ine 2 of the debrief of ${basename(folder)} cannot be read`;
  expect(await here(['history', '--runs', runs])).toMatchObject({ out: expect.stringContaining(told) });
  expect((await here(['history', '--runs', runs])).out).toContain('actions  2 open, 0 closed');
  const { unreadableDebriefs } = JSON.parse((await here(['history', '--runs', runs, '--json'])).out);
  expect(unreadableDebriefs).toEqual([{ run: basename(folder), line: 2 }]);
  expect(await here(['verify', folder])).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining('debrief.jsonl, line 2, is no line of a debrief any more'),
  });
  const bundle = join(newFolder(), 'evidence.zip');
  await here(['bundle', folder, '-o', bundle]);
  expect(indexIn(bundle)).toContain('line 2 of debrief.jsonl cannot be read');

  await here(['run', SNAPSHOT, '--runs', runs, '--format', 'html', 'md', 'json']);
  const next = readdirSync(runs).filter((name) => name !== 'index.jsonl' && name !== basename(folder))[0] ?? '';
  const report = JSON.parse(readFileSync(join(runs, next, 'report.json'), 'utf8'));
  expect(report.before.words.join()).toContain(told);
  expect(report.before.actions).toHaveLength(2);
  for (const file of ['report.html', 'report.md'])
    expect(readFileSync(join(runs, next, file), 'utf8')).toContain('cannot be read: its actions are not included');
  expect(await here(['verify', join(runs, next)])).toMatchObject({ exitCode: 0 });
});

test('what people write is text in the README of a bundle, whatever it looks like', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  const evil = '[click](https://evil.example) <script>x</script> `a` | b \u001b[2J';
  const link = `${evil} \u001b]8;;https://evil.example\u0007link`;
  await here(['debrief', folder, '--well', link, '--action', `${evil}; ${evil}; 2026-12-24`, '--by', evil]);
  const bundle = join(newFolder(), 'evidence.zip');
  expect(await here(['bundle', folder, '-o', bundle])).toMatchObject({ exitCode: 0 });
  const [index = ''] = indexIn(bundle).split('## To check it');
  expect(index).toContain('click');
  for (const markup of [' [click]', ' <script>', ' `a`', '` | b', '\u001b']) expect(index).not.toContain(markup);
  expect(await here(['verify', bundle])).toMatchObject({ exitCode: 0 });
});

test.runIf(hasPseudoTerminal)(
  'a day that cannot be meant, or a runbook that is not there, is asked for again',
  async () => {
    const { folder } = await runHere([SNAPSHOT]);
    const talk: Parameters<typeof answering>[0] = [
      ['Who took part: ', 'Ann'],
      ['role of Ann: ', ''],
      ['An answer is needed here.'],
      ['role of Ann: ', 'operator'],
      ['and: ', ''],
      ['went well: ', ''],
      ['did not: ', ''],
      ['to be done: ', 'Docs'],
      ['Docs”: ', ''],
      ['An answer is needed here.'],
      ['Docs”: ', 'Bob'],
      ['2026-12-24: ', 'soon'],
      ["'soon' is no day, such as 2026-12-24."],
      ['2026-12-24: ', '2024-12-01'],
      ['give a day between'],
      ['2026-12-24: ', '2126-12-01'],
      ['give a day between'],
      ['2026-12-24: ', '2026-12-01'],
      ['if any: ', 'runbooks/none.md'],
      ['There is no file runbooks/none.md'],
      ['if any: ', 'README.md'],
      ['and: ', ''],
    ];
    const { exitCode } = await onTerminal(['debrief', folder], { types: answering(talk) });
    expect([exitCode, talk]).toEqual([0, []]);
    const { actions } = JSON.parse(readFileSync(join(folder, 'debrief.jsonl'), 'utf8'));
    expect(actions).toEqual([{ action: 'Docs', owner: 'Bob', due: '2026-12-01', runbook: 'README.md' }]);
  },
);
