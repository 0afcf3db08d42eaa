/**
 * Characters that steer a terminal, reorder a line or cannot be seen: controls, bidirectional marks, zero-width characters, tags and lone surrogates.
 * Joiners stay where a script or an emoji needs them; tabs and line breaks are layout.
 */
const HIDDEN =
  /(?!\t|\n|\r\n)\p{Cc}|\p{Cs}|[\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}])[\u200C\u200D]/gu;

/** Most texts: nothing in them needs a closer look. */
const PLAIN = /^[\t\n -~]*$/;

// No quote, backslash or bracket: it means itself in JSON, Markdown, HTML and CSV.
const numbered = (character: string): string =>
  `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;

/** The text with every character that could hide or forge something written by its number, such as `‹U+202E›`. */
export const visible = (text: string): string => (PLAIN.test(text) ? text : text.replace(HIDDEN, numbered));

/** Whether a text of JSON surely holds no such character: a control character stands there by its number. */
export const isPlainJson = (json: string): boolean => PLAIN.test(json) && !json.includes('\\u');

/** The first such character of a text, by its number. */
export const firstHidden = (text: string): string | undefined => {
  const [first] = text.match(HIDDEN) ?? [];
  return first === undefined ? undefined : numbered(first);
};

/** Plain data with all of its texts made visible. */
export function visibleIn<T>(data: T): T {
  return shown(data) as T;
}

function shown(data: unknown): unknown {
  if (typeof data === 'string') return visible(data);
  if (Array.isArray(data)) return data.map(shown);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [visible(key), shown(value)]));
}

/** What goes to a terminal: all is made visible but what we write ourselves, which is colours (where there are any), the clearing of a line and a word joiner. */
export const forTerminal = (text: string, colour: boolean): string =>
  text
    .split(colour ? OURS_IN_COLOUR : OURS)
    .map((part, index) => (index % 2 === 0 ? visible(part) : part))
    .join('');

// biome-ignore lint/suspicious/noControlCharactersInRegex: our own begin with one
const OURS = /(\r\u001B\[2K|\u2060)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: our own begin with one
const OURS_IN_COLOUR = /(\r\u001B\[2K|\u2060|\u001B\[[\d;]*m)/;
