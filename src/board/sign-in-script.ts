/** Sends the token that was typed, or that stands behind the # of the address, and forgets it. */
export const signInScript = `'use strict';
(() => {
  const say = (words) => { document.getElementById('said').textContent = words; };
  async function signIn(token) {
    try {
      const answer = await fetch('/sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token }) });
      if (answer.ok) location.reload();
      else say(await answer.text());
    } catch {
      say('The board does not answer.');
    }
  }
  document.getElementById('sign-in').addEventListener('submit', (event) => {
    event.preventDefault();
    signIn(document.getElementById('token').value);
  });
  const [, token] = /^#token=(.+)$/.exec(location.hash) || [];
  if (token) {
    history.replaceState(null, '', location.pathname + location.search);
    signIn(decodeURIComponent(token));
  }
})();
`;
