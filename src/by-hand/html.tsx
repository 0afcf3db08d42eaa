import { pageOf } from '../report/page.tsx';
import { printCss } from '../report/style-print.ts';
import type { Block } from './document.ts';

/** A runbook as one page that needs nothing else, for the screen and for A4. */
export const toHtml = (title: string, blocks: readonly Block[]): string =>
  pageOf(title, <Page title={title} blocks={blocks} />, { css: printCss + ownCss });

const ownCss = `
.tick { display: grid; grid-template-columns: 1.4rem 1fr auto auto; gap: 0 0.8rem; align-items: baseline; margin: 2rem 0 0.4rem; border-top: 1px solid var(--line-strong); padding-top: 0.9rem; }
.tick h4 { margin: 0; font-size: 1rem; }
.tick .box { width: 1rem; height: 1rem; border: 1.5px solid var(--ink); border-radius: 2px; display: inline-block; vertical-align: -0.15rem; }
.tick .pen { font-size: 0.86rem; color: var(--quiet); }
.tick .pen::after { content: ''; display: inline-block; width: 4.5rem; border-bottom: 1px solid var(--ink); margin-left: 0.4rem; }
pre.command { font-size: 0.86rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.boxes { list-style: none; padding: 0; } .boxes li { padding-left: 1.8rem; text-indent: -1.8rem; margin: 0.35rem 0; }
.boxes .box { display: inline-block; width: 0.85rem; height: 0.85rem; border: 1.5px solid var(--ink); border-radius: 2px; margin-right: 0.9rem; vertical-align: -0.1rem; text-indent: 0; }
.forPen td { height: 2.2rem; }
@media (max-width: 40rem) { .tick { grid-template-columns: 1.4rem 1fr; } .tick .pen { grid-column: 2; } }
@media print { .tick { break-inside: avoid; break-after: avoid; } pre.command { font-size: 8pt; } }
`;

const Page = ({ title, blocks }: { title: string; blocks: readonly Block[] }) => (
  <>
    <header class="masthead">
      <h1>{title}</h1>
    </header>
    <main>
      {blocks.map((block) => (
        <Part block={block} />
      ))}
    </main>
  </>
);

function Part({ block }: { block: Block }) {
  if ('heading' in block) return <h2>{block.heading}</h2>;
  if ('subheading' in block) return <h3>{block.subheading}</h3>;
  if ('tick' in block)
    return (
      <div class="tick">
        <span class="box" aria-hidden="true" />
        <h4>
          {block.tick} <code>{block.name}</code>
        </h4>
        <span class="pen">Time</span>
        <span class="pen">Initials</span>
      </div>
    );
  if ('text' in block) return <p>{block.strong ? <strong>{block.text}</strong> : block.text}</p>;
  if ('list' in block)
    return (
      <ul class="plain">
        {block.list.map((one) => (
          <li>{one}</li>
        ))}
      </ul>
    );
  if ('boxes' in block)
    return (
      <ul class="boxes">
        {block.boxes.map((one) => (
          <li>
            <span class="box" aria-hidden="true" />
            {one}
          </li>
        ))}
      </ul>
    );
  if ('facts' in block)
    return (
      <dl class="facts">
        {block.facts.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    );
  if ('code' in block) return <pre class="command">{block.code}</pre>;
  return (
    <table class="forPen">
      <thead>
        <tr>
          {block.head.map((one) => (
            <th scope="col">{one}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {block.rows.map((row) => (
          <tr>
            {row.map((cell, index) =>
              index === 0 ? <th scope="row">{cell}</th> : <td data-label={block.head[index]}>{cell}</td>,
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
