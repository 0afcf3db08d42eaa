import { type Format, formatNames } from './format-names.ts';
import { toJson } from './json.ts';
import { toMarkdown } from './markdown.ts';
import type { Report } from './report-schema.ts';

/** What is written unless something else is asked for. */
export const usualFormats: readonly Format[] = ['html', 'json', 'md'];

type Bytes = string | Uint8Array;
type Write = (report: Report) => Bytes | Promise<Bytes>;

/** The name of each format's file, and what writes it; what is seldom asked for is loaded only then. */
export const formats: Record<Format, { file: string; load: () => Promise<Write> | Write }> = {
  html: { file: 'report.html', load: async () => (await import('./html.tsx')).toHtml },
  json: { file: 'report.json', load: () => toJson },
  md: { file: 'report.md', load: () => toMarkdown },
  junit: { file: 'report.junit.xml', load: async () => (await import('./junit.ts')).toJunit },
  oscal: { file: 'report.oscal.json', load: async () => (await import('./oscal.ts')).toOscal },
  csv: { file: 'report.csv', load: async () => (await import('./csv.ts')).toCsv },
  pdf: { file: 'report.pdf', load: async () => (await import('./pdf/pdf.ts')).toPdf },
};

/** A report in some formats, by the name of each file. The same report gives the same bytes. */
export async function written(report: Report, wanted: readonly Format[]): Promise<Map<string, Uint8Array>> {
  const files = wanted.map(async (format): Promise<[string, Uint8Array]> => {
    const { file, load } = formats[format];
    const bytes = await (await load())(report);
    return [file, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes];
  });
  return new Map(await Promise.all(files));
}

/** The formats whose files are among these names. */
export const formatsAmong = (files: Iterable<string>): Format[] => {
  const names = new Set(files);
  return formatNames.filter((format) => names.has(formats[format].file));
};
