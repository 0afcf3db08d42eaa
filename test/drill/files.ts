import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { DrillFileError } from '../../src/drill/drill-file-error.ts';
import { type LoadOptions, loadDrill, type Mistake } from '../../src/drill/load.ts';

/** A folder that goes away after the tests of a file. */
export function scratch(): { path: string; write: (name: string, content: string | Uint8Array) => string } {
  const path = mkdtempSync(join(tmpdir(), 'dr-drill-test-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  return { path, write };
}

export const shippedTopology = resolve('drills/topologies/ecommerce-platform.yaml');
/** One database, one cluster in each region and one public name. */
export const pairTopology = resolve('test/platforms/pair.yaml');
export const shippedDrills = [
  'drills/multi-region-failover.yaml',
  'drills/snapshot-restore.yaml',
  'drills/point-in-time-restore.yaml',
];

/** A drill's text that finds its topology from any folder: the pair, or the shipped one. */
export function drillText(file = 'test/drill/fixtures/failover.yaml'): string {
  const text = readFileSync(file, 'utf8');
  const topology = /^topology: .*\/pair\.yaml$/m.test(text) ? pairTopology : shippedTopology;
  return text.replace(/^topology: .*$/m, `topology: ${topology}`);
}

export function mistakesOf(path: string, options?: LoadOptions): readonly Mistake[] {
  try {
    loadDrill(path, options);
  } catch (error) {
    if (error instanceof DrillFileError) return error.mistakes;
    throw error;
  }
  return [];
}
