// Writes docs/public/grafana-dashboard.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, root } from './typescript.mjs';

const { dashboardJson } = await load('scripts/grafana-dashboard.ts');
writeFileSync(join(root, 'docs/public/grafana-dashboard.json'), dashboardJson());
