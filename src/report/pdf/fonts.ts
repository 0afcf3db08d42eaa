import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A family that has Latin, Greek, Cyrillic, kana and the ideographs of Simplified and Traditional Chinese in one. The build puts it
 * beside the bundle; the sources find it in its package.
 */
function folder(): string {
  const shipped = fileURLToPath(new URL('fonts', import.meta.url));
  if (existsSync(shipped)) return shipped;
  return join(dirname(createRequire(import.meta.url).resolve('@embedpdf/fonts-sc')), '..', 'fonts');
}

export type Weight = 'regular' | 'bold';

export const fontFiles = (): Record<Weight, Buffer> => ({
  regular: readFileSync(join(folder(), 'NotoSansHans-Regular.otf')),
  bold: readFileSync(join(folder(), 'NotoSansHans-Bold.otf')),
});

/** Quotation marks as wide as Latin has them, not as wide as an ideograph. */
export const features = ['pwid', 'kern'] as const;
