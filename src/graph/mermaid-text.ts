import { oneLine } from './in-words.ts';

/**
 * Text that means itself between the quotes of a Mermaid label. Not only quotes and tags are markup there: so are `;`, `#`,
 * a `style` with a colon, `%%{`, a back-tick and what begins a list. Formulas, icons and `\n` are found even in what is
 * escaped, so something that has no width parts them.
 */
export const mermaidText = (text: string): string =>
  oneLine(text)
    .replace(/[\\$]|:(?=fa-)/g, '$&\u2060')
    .replace(/[^A-Za-z0-9 ,()/'\u0080-\u{10FFFF}-]/gu, (letter) => `#${letter.codePointAt(0)};`)
    .replace(/^-/, '#45;');

/** The title, which is YAML. Mermaid takes out of it what looks like a tag, so its brackets become others that look alike. */
export const mermaidTitle = (text: string): string =>
  JSON.stringify(oneLine(text).replaceAll('<', '‹').replaceAll('>', '›'));
