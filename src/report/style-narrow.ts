/** A phone's width: figures two by two, tables as cards, the chart in a box of its own that scrolls. */
export const narrowCss = `
@media screen and (max-width: 46rem) {
  main, header, footer, .contents { padding-left: 1.1rem; padding-right: 1.1rem; }
  .masthead { padding-top: 1.75rem; }
  .verdict p { font-size: 1.08rem; }
  section { margin-top: 2.5rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figure { padding: 0.9rem; }
  .figure:nth-child(odd) { border-left: 0; padding-left: 0; }
  .figure:nth-child(n + 3) { border-top: 1px solid var(--line); }
  table, tbody, tr, th, td { display: block; }
  caption { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { border-top: 1px solid var(--line); padding: 0.75rem 0; }
  tbody tr.detail { border-top: 0; padding-top: 0; }
  tbody th, tbody td, tr.detail > td { border: 0; padding: 0.1rem 0; }
  td[data-label]::before { content: attr(data-label) " "; color: var(--quiet); display: inline-block; min-width: 6.5rem; padding-right: 0.5rem; }
  .calls li { display: flex; flex-wrap: wrap; }
  .calls li > code, .calls li > .wide { flex-basis: 100%; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 0.7rem; }
}
@media (max-width: 26rem) {
  .figure .value { font-size: 1.35rem; }
}
`;
