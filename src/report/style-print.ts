/** On paper: ink on white, whole rows, the mark of a dry run on every page. */
export const printCss = `
@page { size: A4; margin: 16mm 14mm 18mm; }
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --raised: #f3f4f1; --line: #dcdfda; --line-strong: #a9b0a9; --ink: #1b211f; --quiet: #545d59;
    --accent: #0b6161; --accent-2: #3f8f8c; --accent-3: #86bbb6; --accent-4: #bfdcd8; --accent-soft: #e2efed;
    --good: #1d6a3a; --bad: #a3271f; --bad-soft: #f7dfdb; --warn: #7d5200; --warn-soft: #fbedcc;
  }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  html { font-size: 10pt; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  .masthead { padding-top: 1rem; }
  section { margin-top: 1.75rem; }
  h2, h3, caption { break-after: avoid; }
  tr, li, .figure, .verdict, .split { break-inside: avoid; }
  tr:has(+ tr.detail) { break-after: avoid; }
  .chart { min-width: 0; }
  section:has(> .sign-off) { break-inside: avoid; }
  .scroller { overflow: visible; }
  .sheet { break-before: page; margin-top: 0; }
  .contents, .counts { display: none; }
  .watermark {
    display: block; position: fixed; top: 50%; left: 50%; transform: translate(-50%, -50%) rotate(-32deg);
    font-size: 62pt; font-weight: 700; letter-spacing: 0.08em; color: #7d5200; opacity: 0.09; z-index: 1;
  }
  td summary, .by-hand { display: none; }
  summary { color: var(--quiet); list-style: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  .calls li.look { display: none; }
}
`;
