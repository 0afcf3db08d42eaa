import type { Report } from './report-schema.ts';

/** The report as data, for other programs. */
export const toJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;
