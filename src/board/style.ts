import { pictureStyle } from '../graph/svg.ts';
import { css } from '../report/style.ts';

/** The report's looks, and what only the board has. */
export const boardCss = `${css}
:root { --good-soft: #dcefe2; }
@media (prefers-color-scheme: dark) { :root { --good-soft: #1c3526; } }
main, header, footer { max-width: 84rem; }
main section, main > div { margin-top: 1.5rem; }
.columns section section, #picture { margin-top: 0; }
section > h2, .panel > h2 { font-size: 1.05rem; margin-bottom: 0.6rem; }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; padding-top: 1rem; font-size: 0.9rem; }
.top p { margin: 0; } .top strong { font-weight: 650; }
#connection::before { content: ""; display: inline-block; width: 0.55rem; height: 0.55rem; margin-right: 0.45rem; border-radius: 50%; background: var(--warn); }
#connection.is-live::before { background: var(--good); }
.runs { display: flex; gap: 0.5rem; overflow-x: auto; margin: 0.75rem 0 0; padding: 0.15rem 0.15rem 0.6rem; list-style: none; }
.runs a { display: block; width: 17rem; height: 100%; padding: 0.5rem 0.8rem 0.55rem; border: 1px solid var(--line); border-left: 4px solid var(--mark, var(--line-strong)); border-radius: 6px; background: var(--raised); color: var(--ink); text-decoration: none; font-size: 0.88rem; line-height: 1.35; }
.runs a:hover { border-color: var(--mark, var(--line-strong)); }
.runs a[aria-current] { background: var(--paper); border-color: var(--mark, var(--line-strong)); box-shadow: 0 0 0 1px var(--mark, var(--line-strong)); }
.runs b { display: block; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.runs .word { color: var(--mark, var(--quiet)); font-weight: 600; }
.is-good { --mark: var(--good); } .is-bad { --mark: var(--bad); } .is-warn { --mark: var(--warn); } .is-running { --mark: var(--accent); }
.simulated { max-width: none; border-radius: 6px; margin: 0 0 1.25rem; padding: 0.5rem 1rem; text-align: left; }
.standing { border-left: 4px solid var(--mark, var(--line-strong)); padding: 0.1rem 0 0.1rem 1.1rem; }
.standing h1 { font-size: clamp(1.35rem, 3.4vw, 1.9rem); }
.standing p { margin: 0.25rem 0 0; max-width: none; } .standing .word { font-weight: 650; color: var(--mark, var(--ink)); }
.figures { grid-template-columns: 1.35fr 1fr 1fr; }
.figure .value { font-size: clamp(1.7rem, 3.6vw, 2.4rem); } .figure .value.is-over { color: var(--bad); }
.figure small { font-size: 0.5em; font-weight: 550; letter-spacing: 0; }
.meter { display: block; width: 100%; height: 8px; margin-top: 0.8rem; border-radius: 4px; }
.meter .track { fill: var(--line); } .meter .fill { fill: var(--mark, var(--accent)); }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 26rem); gap: 0 2.5rem; align-items: stretch; }
.columns > * > *:first-child > section:first-child, .columns > section { margin-top: 0; }
.columns > section { display: flex; flex-direction: column; }
.wait { border: 1px solid var(--warn); border-radius: 8px; padding: 0.9rem 1.1rem 1rem; background: var(--warn-soft); }
.wait + .wait { margin-top: 0.8rem; } .wait h3 { margin: 0; } .wait p { margin: 0.25rem 0; } .wait ul { margin: 0.4rem 0; padding-left: 1.1rem; }
.wait .quiet { color: var(--ink); } .wait .choices { list-style: none; padding: 0; margin: 0.7rem 0 0; }
.wait .choices li { margin-top: 0.7rem; } .wait .command { background: var(--paper); margin: 0.3rem 0 0; }
.wait label { display: block; margin-top: 0.7rem; font-weight: 600; }
.wait input { display: block; width: 100%; max-width: 34rem; margin-top: 0.25rem; padding: 0.5rem 0.7rem; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--paper); color: var(--ink); font: inherit; }
button { min-height: 2.75rem; padding: 0.45rem 1.1rem; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--paper); font: inherit; font-weight: 600; cursor: pointer; }
li + li button { background: transparent; color: var(--accent); }
button:disabled { opacity: 0.6; cursor: default; }
.steps { list-style: none; margin: 0; padding: 0; }
.steps li { display: grid; grid-template-columns: minmax(0, 1fr) max-content; gap: 0 1rem; padding: 0.5rem 0; border-top: 1px solid var(--line); }
.steps li > .more { grid-column: 1 / -1; font-size: 0.88rem; } .steps .name { font-weight: 550; }
.components { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0.7rem; list-style: none; margin: 0; padding: 0; }
.components li { min-width: 0; border: 1px solid var(--line); border-top: 3px solid var(--mark, var(--line-strong)); border-radius: 6px; padding: 0.6rem 0.85rem 0.75rem; background: var(--raised); }
.components h3 { margin: 0; display: flex; justify-content: space-between; gap: 0.75rem; } .components h3 span { font-weight: 450; color: var(--quiet); white-space: nowrap; }
.components p { margin: 0.2rem 0 0; font-size: 0.88rem; line-height: 1.4; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; }
.components .word { color: var(--mark, var(--quiet)); font-weight: 600; }
.feed { flex: 1 1 0; min-height: 24rem; height: 0; overflow-y: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); }
.feed ol { list-style: none; margin: 0; padding: 0.4rem 0; }
.feed li { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); gap: 0.6rem; padding: 0.22rem 0.9rem; font-size: 0.88rem; line-height: 1.4; white-space: pre-line; color: var(--ink); }
.feed time { text-align: right; color: var(--quiet); } .feed .is-phase span { font-weight: 650; } .feed .is-phase { padding-top: 0.6rem; }
.feed .is-bad span { color: var(--bad); } .feed .is-warn span { color: var(--warn); }
.picture { height: min(40rem, 80vh); overflow: auto; border: 1px solid var(--line); border-radius: 8px; overscroll-behavior: contain; }
.picture:empty { display: none; } .picture svg { display: block; max-width: none; }
${pictureStyle}
.drill-states .lit-done > rect { fill: var(--good-soft); stroke: var(--good); }
.drill-states .lit-active > rect { stroke: var(--accent); stroke-width: 3px; }
.drill-states .node.lit-active > rect { fill: var(--accent-soft); animation: breathe 2s ease-in-out infinite; }
.drill-states .lit-failed > rect { fill: var(--bad-soft); stroke: var(--bad); stroke-width: 3px; }
@keyframes breathe { 50% { stroke-width: 6px; } }
@media (prefers-reduced-motion: reduce) { .drill-states .node.lit-active > rect { animation: none; } }
@media (max-width: 60rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .columns > section { margin-top: 1.5rem; }
  .feed { flex: none; height: 24rem; }
}
@media (max-width: 46rem) {
  main, header, footer { padding-left: 1.1rem; padding-right: 1.1rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figure { padding: 0.9rem; }
  .figure:first-child { grid-column: 1 / -1; border-bottom: 1px solid var(--line); padding-left: 0; }
  .figure:nth-child(2) { border-left: 0; padding-left: 0; }
  .runs a { width: 14rem; }
  .components { grid-template-columns: 1fr; }
}
`;
