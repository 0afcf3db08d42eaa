import { createHash } from 'node:crypto';
import { renderToString } from 'preact-render-to-string';
import { pageScript } from './page-script.ts';
import { signInScript } from './sign-in-script.ts';
import { boardCss } from './style.ts';

const hashed = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded from elsewhere, no script runs but the page's own, and no other page may frame it. */
export const contentSecurity = [
  "default-src 'none'",
  `script-src ${hashed(pageScript)} ${hashed(signInScript)}`,
  `style-src ${hashed(boardCss)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Shell {
  /** The folder's name of the run that is shown. */
  run: string;
  title: string;
  /** Goes back with each decision, so that no other page can make one. */
  guard: string;
  parts: Readonly<Record<string, string>>;
  feed: string;
}

/** The page as it is at first: its script keeps it up to date. */
export const boardPage = (shell: Shell): string => `<!doctype html>\n${renderToString(<Page {...shell} />)}\n`;

function Page({ run, title, guard, parts, feed }: Shell) {
  const Part = ({ name }: { name: string }) => (
    <div id={`part-${name}`} dangerouslySetInnerHTML={{ __html: parts[name] ?? '' }} />
  );
  return (
    <html lang="en" data-run={run} data-guard={guard}>
      <Head title={title} />
      <body>
        <header>
          <div class="top">
            <p>
              <strong>dr-drill board</strong>
            </p>
            <p id="connection">Connecting</p>
          </div>
          <nav aria-label="Runs">
            <Part name="runs" />
          </nav>
        </header>
        <main>
          <Part name="headline" />
          <Part name="figures" />
          <Part name="waits" />
          <div class="columns">
            <div>
              <Part name="now" />
              <Part name="components" />
            </div>
            <section aria-labelledby="feed">
              <h2 id="feed">What happened, newest first</h2>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
              <section class="feed" tabIndex={0} aria-label="What happened, scrolls">
                <ol id="feed-lines" dangerouslySetInnerHTML={{ __html: feed }} />
              </section>
            </section>
          </div>
          <section aria-labelledby="states">
            <h2 id="states">States of the drill</h2>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
            <section class="picture" id="picture" tabIndex={0} aria-label="States of the drill, scrolls" />
          </section>
        </main>
        <footer>The board reads run folders and leads nothing. Times are UTC.</footer>
        <p id="said" class="sr" role="status" aria-live="polite" />
        <script dangerouslySetInnerHTML={{ __html: pageScript }} />
      </body>
    </html>
  );
}

/** Asks for the token of a board that others can reach. */
export const signInPage = (): string => `<!doctype html>\n${renderToString(<SignIn />)}\n`;

const SignIn = () => (
  <html lang="en">
    <Head title="Sign in" />
    <body>
      <main>
        <h1>dr-drill board</h1>
        <form id="sign-in" class="wait">
          <label for="token">Token of this board</label>
          <input id="token" type="password" autocomplete="current-password" required />
          <p role="status" id="said" />
          <button type="submit">Sign in</button>
        </form>
      </main>
      <script dangerouslySetInnerHTML={{ __html: signInScript }} />
    </body>
  </html>
);

const Head = ({ title }: { title: string }) => (
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>{`${title} – dr-drill board`}</title>
    <link rel="icon" href="data:," />
    <style dangerouslySetInnerHTML={{ __html: boardCss }} />
  </head>
);
