import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { css } from './style.ts';
import { narrowCss } from './style-narrow.ts';

/** A page that needs nothing else: no script, no asset, no network. */
export const pageOf = (title: string, body: ComponentChildren, { css: more = '' }: { css?: string } = {}): string =>
  `<!doctype html>\n${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: css + narrowCss + more }} />
      </head>
      <body>{body}</body>
    </html>,
  )}\n`.replace(notAllowed, ' ');

/** What no page may hold, however it is written. */
const notAllowed = /[^\P{Cc}\t\n\r]/gu;
