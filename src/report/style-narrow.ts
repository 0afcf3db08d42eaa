/** A phone's width: figures two by two, tables as cards, the timeline with names above the bars; other charts scroll in a box of their own. */
export const narrowCss = `
.lanes { display: none; }
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
  .timeline { display: none; }
  .lanes { display: block; list-style: none; padding: 0; margin: 0; }
  .lanes li { display: flex; flex-wrap: wrap; justify-content: space-between; column-gap: 1rem; padding: 0.25rem 0; }
  .lanes span { overflow-wrap: anywhere; }
  .lane { position: relative; flex-basis: 100%; height: 0.6rem; background: var(--line); border-radius: 3px; }
  .lane i { position: absolute; top: 0; bottom: 0; background: var(--accent-3); border-radius: 3px; }
  .lane .waited-for { background: var(--accent); }
  .lane .outage { background: var(--bad); }
  .lane .at { width: 3px; background: var(--ink); }
}
@media (max-width: 26rem) {
  .figure .value { font-size: 1.35rem; }
}
`;
