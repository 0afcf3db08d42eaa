/** The text in at most so many UTF-16 units, as services count them; what is cut ends with an ellipsis and no half of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
