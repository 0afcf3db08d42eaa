/** The page's one style sheet: light, dark, narrow and printed. Every colour pair holds WCAG AA in both schemes. */
export const css = `
:root {
  color-scheme: light dark;
  --paper: #fbfbf9; --raised: #f3f4f1; --line: #dcdfda; --line-strong: #b3bab3;
  --ink: #1b211f; --quiet: #545d59;
  --accent: #0b6161; --accent-2: #3f8f8c; --accent-3: #86bbb6; --accent-4: #bfdcd8; --accent-soft: #e2efed;
  --good: #1d6a3a; --bad: #a3271f; --bad-soft: #f7dfdb; --warn: #7d5200; --warn-soft: #fbedcc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121615; --raised: #1a201e; --line: #2d3532; --line-strong: #4b5652;
    --ink: #e8ecea; --quiet: #a3ada9;
    --accent: #6cc5bf; --accent-2: #48928d; --accent-3: #316864; --accent-4: #234644; --accent-soft: #1b2f2d;
    --good: #7fcf9b; --bad: #f19a8e; --bad-soft: #45211d; --warn: #e9bd62; --warn-soft: #382b10;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
main, header, footer { max-width: 66rem; margin: 0 auto; padding: 0 1.5rem; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; margin: 0; }
h1 { font-size: clamp(1.4rem, 3.6vw, 1.8rem); font-weight: 650; letter-spacing: -0.02em; }
h2 { font-size: 1.25rem; font-weight: 650; letter-spacing: -0.01em; }
h3 { font-size: 1rem; font-weight: 650; margin: 1.75rem 0 0.5rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
a { color: var(--accent); }
code, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.86em; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }

.simulated { background: var(--warn-soft); color: var(--warn); padding: 0.7rem 1.5rem; text-align: center; }
.simulated strong { letter-spacing: 0.12em; margin-right: 0.5em; }
.watermark { display: none; }

.masthead { padding-top: 3rem; }
.masthead .quiet { font-size: 0.9rem; margin-bottom: 0.75rem; }
.verdict { margin-top: 1.5rem; }
.verdict p { font-size: 1.2rem; line-height: 1.45; margin: 0.2rem 0 0; max-width: 48rem; }
.verdict .words { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem 1.25rem; max-width: none; margin-bottom: 0.8rem; }
.badge { font-size: clamp(1.8rem, 5vw, 2.6rem); font-weight: 700; letter-spacing: -0.02em; line-height: 1.15; padding: 0.3rem 1.1rem 0.4rem; border-radius: 10px; background: var(--mark, var(--accent)); color: var(--paper); }
.counts { display: inline-flex; flex-wrap: wrap; gap: 0.3rem 1rem; font-size: 0.95rem; }
.contents { max-width: 66rem; margin: 1.75rem auto 0; padding: 0 1.5rem; display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; font-size: 0.9rem; }
.verdict.is-good { --mark: var(--good); } .verdict.is-bad { --mark: var(--bad); } .verdict.is-open { --mark: var(--warn); }
.contradiction { background: var(--bad-soft); padding: 0.75rem 1rem; border-radius: 6px; margin-top: 1rem; max-width: none; }

section { margin-top: 3.25rem; }
section > h2 { margin-bottom: 0.9rem; }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); border-top: 1px solid var(--line-strong); border-bottom: 1px solid var(--line-strong); }
.figure { padding: 1.1rem 1.1rem 1.25rem; border-left: 1px solid var(--line); min-width: 0; }
.figure:first-child { border-left: 0; padding-left: 0; }
.figure h3 { margin: 0; font-size: 0.88rem; font-weight: 600; color: var(--quiet); }
.figure .value { font-size: clamp(1.5rem, 3vw, 1.95rem); font-weight: 650; letter-spacing: -0.02em; line-height: 1.2; margin: 0.3rem 0 0.1rem; }
.figure .value.unknown { color: var(--quiet); font-weight: 500; }
.figure p { font-size: 0.88rem; margin: 0; }
.figure ul { list-style: none; margin: 0.8rem 0 0; padding: 0; font-size: 0.88rem; }
.figure li { margin-top: 0.3rem; }
.gauge { position: relative; height: 6px; border-radius: 3px; background: var(--line); margin-top: 0.9rem; }
.gauge i { position: absolute; inset: 0 auto 0 0; border-radius: 3px; background: var(--accent); }
.gauge.over i { background: var(--bad); }
.gauge b { position: absolute; top: -4px; width: 2px; height: 14px; background: var(--ink); }

.split { display: flex; height: 2.25rem; border-radius: 6px; overflow: hidden; background: var(--line); gap: 2px; }
.split i { min-width: 3px; }
.waited { margin: 0.9rem 0 0; padding: 0; list-style: none; max-width: 48rem; font-size: 0.93rem; }
.waited li { display: grid; grid-template-columns: 0.7rem 1fr max-content 4.5rem; gap: 0.2rem 0.75rem; align-items: baseline; padding: 0.35rem 0; border-top: 1px solid var(--line); }
.waited i { width: 0.7rem; height: 0.7rem; border-radius: 2px; } .waited span { overflow-wrap: anywhere; } .waited b { font-weight: 600; } .waited .quiet { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.parts { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 1.2rem 0 0; padding: 0; list-style: none; font-size: 0.93rem; } .parts b { font-weight: 600; }
.tone-0 { background: var(--accent); } .tone-1 { background: var(--accent-2); } .tone-2 { background: var(--accent-3); } .tone-3 { background: var(--accent-4); }

.scroller { overflow-x: auto; margin-top: 0; }
.chart { display: block; width: 100%; min-width: 58rem; height: auto; }
.chart text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; fill: var(--ink); }
.chart .faint { fill: var(--quiet); } .chart .length { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; } .chart .grid { stroke: var(--line); } .chart .moment { stroke: var(--ink); stroke-dasharray: 2 3; }
.chart .phase { fill: var(--raised); stroke: var(--line-strong); } .chart .bar { fill: var(--accent-3); } .chart .bar.waited { fill: var(--accent); }
.chart .bar.bad, .chart .outage { fill: var(--bad); } .chart .lost { fill: var(--warn); } .chart .outage-lane { fill: var(--bad-soft); } .chart .deadline { stroke: var(--line-strong); }
.chart .served-area { fill: var(--accent-soft); } .chart .served-line { fill: none; stroke: var(--accent); stroke-width: 2; } .chart .target { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 6 4; }
.served + .served { margin-top: 2rem; }
.key { display: flex; flex-wrap: wrap; gap: 0.3rem 1.5rem; font-size: 0.88rem; margin: 0.6rem 0 0; padding: 0; list-style: none; color: var(--quiet); }
.key i { display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 2px; margin-right: 0.45rem; vertical-align: -0.08rem; }

table + table, .scroller + table { margin-top: 1.75rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
caption { text-align: left; color: var(--quiet); padding: 0 0 0.6rem; font-size: 0.93rem; }
th, td { text-align: left; vertical-align: top; padding: 0.6rem 1.25rem 0.6rem 0; border-top: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-weight: 600; font-size: 0.86rem; border-top: 0; border-bottom: 1px solid var(--line-strong); padding-top: 0; }
tbody th { font-weight: 550; min-width: 10rem; } td { overflow-wrap: anywhere; min-width: 6rem; } .mark { overflow-wrap: normal; }
th code { font-weight: 400; }
td.number { white-space: nowrap; }
tr.detail > td { border-top: 0; padding-top: 0; }
details { font-size: 0.9rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; padding: 0.1rem 0; }
.calls { list-style: none; margin: 0.4rem 0 0.5rem; padding: 0; }
.calls li { display: grid; grid-template-columns: 7rem minmax(11rem, 1.3fr) minmax(6rem, 1fr) 9rem minmax(9rem, 1.6fr); gap: 0.15rem 0.9rem; padding: 0.28rem 0; border-top: 1px solid var(--line); }
.calls li > * { min-width: 0; overflow-wrap: anywhere; }
.calls li > .wide { grid-column: 2 / -1; }
.sign-off tbody tr { height: 3.4rem; } .sign-off tbody :is(th, td) { vertical-align: bottom; }
.command { display: block; background: var(--raised); border-radius: 5px; padding: 0.5rem 0.75rem; margin: 0.35rem 0; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.4rem 1.75rem; margin: 0; }
.facts dt { color: var(--quiet); } .facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.plain { padding-left: 1.1rem; max-width: 48rem; } .plain li { margin: 0.4rem 0; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin-top: 4rem; padding-top: 1.25rem; padding-bottom: 3rem; font-size: 0.86rem; color: var(--quiet); }
`;
