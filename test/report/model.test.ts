import { describe, expect, test } from 'vitest';
import { formats } from '../../src/report/formats.ts';
import { toHtml } from '../../src/report/html.tsx';
import { toJson } from '../../src/report/json.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { reportOf, reportSchema } from '../../src/report/model.ts';
import { finished, SNAPSHOT, SWITCHOVER } from '../run/drill.ts';
import { reportFor, runNames, runs } from './runs.ts';

describe('the report', () => {
  test.each(runNames)('of a run that %s fits its schema and survives JSON', (name) => {
    const report = reportFor(name);
    expect(reportSchema.parse(JSON.parse(toJson(report)))).toEqual(report);
  });

  test.each(runNames)('of a run that %s comes out the same to the byte', (name) => {
    expect(toJson(reportFor(name))).toBe(toJson(reportFor(name)));
  });

  test('says in rehearsal of a dry run, and only of a dry run', () => {
    expect(reportFor('passed').verdict.words).toBe('Passed in rehearsal');
    expect(reportFor('passed for real').verdict.words).toBe('Passed');
    expect(reportFor('passed for real').verdict.sentence).not.toMatch(/simulat|rehears/i);
  });

  test('shows the platform objective beside the target, each with its own standing, where the topology sets one', () => {
    const { targets, objective } = reportFor('restored');
    expect(targets.rto?.standing).toBe('met');
    expect(objective.rto?.standing).toBe('missed');
    expect(reportFor('passed').objective).toEqual({ rto: null, rpo: null });
  });

  test.each(['md', 'html', 'csv', 'junit', 'oscal'] as const)(
    'shows the platform objective in %s, and none where none is set',
    async (format) => {
      const write = await formats[format].load();
      expect(String(await write(reportFor('restored')))).toMatch(/platform objective/i);
      expect(String(await write(reportFor('passed')))).not.toMatch(/platform objective/i);
    },
  );

  test('of a dry run names what was broken on purpose, anyone who set it, and calls no scenario so', async () => {
    const of = async (name: string, settings: string[] = []) =>
      reportOf((await finished(name, settings)).entries, { journalHash: '' });
    const broken = await of('snapshot-restore', ['simulation.restore.takes=9 min', 'simulation.seed=2']);
    expect(broken.simulationChanges).toEqual(['simulation.restore.takes']);
    for (const format of ['md', 'html', 'csv', 'junit', 'oscal'] as const) {
      const write = await formats[format].load();
      expect(String(await write(broken))).toContain('Broken on purpose: simulation.restore.takes.');
    }
    expect((await of('network-partition-failover')).simulationChanges).toEqual([]);
    expect((await of('failback')).simulationChanges).toEqual([]);
    const other = await of('network-partition-failover', ['simulation.partition.thirdSees=neither']);
    expect(other.simulationChanges).toEqual(['simulation.partition.thirdSees']);
  });

  test('has a control supported by a live run, rehearsed by a dry one, and never fulfilled', () => {
    expect(reportFor('passed for real').controls[0]?.says).toMatch(/^Supports/);
    expect(reportFor('passed').controls[0]?.says).toMatch(/^Rehearsal only/);
    expect(JSON.stringify(runNames.map(reportFor))).not.toMatch(/compliant/i);
  });

  test('marks the moments in order of time, and leaves out those that never came', () => {
    expect(reportFor('passed').timeline.markers.map(({ marker }) => marker)).toEqual([
      'impairment',
      'detected',
      'decision',
      'shift',
      'recovered',
    ]);
    expect(reportFor('held').timeline.markers.map(({ marker }) => marker)).toEqual([
      'impairment',
      'detected',
      'decision',
    ]);
    expect(reportFor('aborted early').timeline.markers).toEqual([]);
  });

  test('says that changes were undone only where one was', () => {
    expect(reportFor('rolled back').verdict.sentence).toMatch(/a step failed and what had been changed was undone:/);
    const changes = ['step-applying', 'undo-started', 'undo-ended'];
    const entries = runs['rolled back']().filter(({ type }) => !changes.includes(type));
    expect(reportOf(entries, { journalHash: 'x' }).verdict.sentence).toMatch(
      /a step failed before anything was changed:/,
    );
  });

  test('says of what AWS refused as a whole that nothing of it stands, and not that it was undone', async () => {
    const throttled = '[{ service: eks, operation: UpdateNodegroupConfig, calls: 100000 }]';
    const { entries } = await finished(SWITCHOVER, [`simulation.throttling=${throttled}`]);
    expect(reportOf(entries, { journalHash: 'x' }).verdict.sentence).toMatch(
      /a step failed, and none of its changes is in force: scale\/shop\/nodes: not done within 10 min\.$/,
    );
  });

  test('says that what could be undone was, where a change has no undo', () => {
    const entries = runs['rolled back']().filter(
      ({ type, ...entry }) => !(type.startsWith('undo-') && 'step' in entry && entry.step === 'fence-writer'),
    );
    const undone = entries.map((entry) => (entry.type === 'undo-ended' ? { ...entry, outcome: 'ok' as const } : entry));
    expect(reportOf(undone, { journalHash: 'x' }).verdict.sentence).toMatch(
      /a step failed and what could be undone was undone:/,
    );
  });

  test('says of an aborted run what became of its changes', () => {
    expect(reportFor('aborted early').verdict.sentence).toMatch(
      /was stopped before anything was changed: pressed Ctrl-C/,
    );
    const entries = runs['rolled back']().map((entry) =>
      entry.type === 'run-ended' ? { ...entry, outcome: 'aborted' as const, reason: 'pressed Ctrl-C' } : entry,
    );
    expect(reportOf(entries, { journalHash: 'x' }).verdict.sentence).toMatch(
      /was stopped before its end and what had been changed was undone: pressed Ctrl-C/,
    );
  });

  test('says of a failed undo that not everything could be undone, and of a hold that it holds', () => {
    expect(reportFor('held').verdict.sentence).toMatch(/The drill stopped and is held:/);
    const entries = runs.held().filter(({ type }) => type !== 'held');
    expect(reportOf(entries, { journalHash: 'x' }).verdict.sentence).toMatch(
      /The drill stopped and not everything could be undone:/,
    );
  });

  test('calls data proven only where no check of it failed', async () => {
    const sentence = async (lost: number) => {
      const { entries } = await finished(SNAPSHOT, [`simulation.restore.losesRows=${lost}`]);
      return reportOf(entries, { journalHash: 'x' }).verdict.sentence;
    };
    expect(await sentence(0)).toMatch(/the database was restored and its data proven after/);
    expect(await sentence(40)).toMatch(/the database was restored and its data checked after .*data check failed/);
  });

  test('does not say that nothing was changed of a run that was cut off in the middle of a change', () => {
    const whole = runs['rolled back']();
    const cut = whole.slice(0, whole.findIndex(({ type }) => type === 'step-applying') + 1);
    const report = reportOf(cut, { journalHash: 'x' });
    for (const text of [toMarkdown(report), toHtml(report)]) {
      expect(text).toContain('Not finished: look at AWS first');
      expect(text).not.toContain('Nothing had been changed');
    }
  });

  test('says so where the whole journal contradicts the outcome', () => {
    const entries = runs.passed().filter(({ type }) => type !== 'probed' && type !== 'customers-probed');
    expect(reportOf(entries, { journalHash: 'x' }).verdict.contradiction).toMatch(
      /its journal says otherwise: RTO unknown/,
    );
    expect(reportFor('passed').verdict.contradiction).toBeNull();
  });

  test('of a journal without a header is refused', () => {
    expect(() => reportOf([], { journalHash: 'x' })).toThrow('no run-started entry');
  });
});
