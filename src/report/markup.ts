/** A piece of HTML as text. */
export interface Markup {
  html: string;
}

/**
 * HTML as a template, with whatever is put in escaped, as components do it. For what a page may have tens of thousands of: components
 * take several times as long.
 */
export function markup(parts: TemplateStringsArray, ...values: (string | number | Markup)[]): Markup {
  let html = parts[0] ?? '';
  values.forEach((value, index) => {
    html += (typeof value === 'object' ? value.html : escaped(`${value}`)) + parts[index + 1];
  });
  return { html };
}

const special = /["&<]/;
const escapes: Record<string, string> = { '"': '&quot;', '&': '&amp;', '<': '&lt;' };

const escaped = (text: string): string =>
  special.test(text) ? text.replace(new RegExp(special, 'g'), (one) => escapes[one] ?? one) : text;
