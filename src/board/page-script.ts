/**
 * The page's script: takes what the server sends and puts it in place, counts on between two events, and posts decisions. It has no words of its
 * own but for the connection, and makes no HTML: the server escapes what it sends.
 */
export const pageScript = `'use strict';
(() => {
  const FEED_WINDOW = 200;
  const SILENT_MS = 30000;
  const run = document.documentElement.dataset.run;
  const guard = document.documentElement.dataset.guard;
  const byId = (id) => document.getElementById(id);
  const clock = (ms) => {
    const all = Math.max(0, Math.floor(ms / 1000));
    const two = (n) => String(n).padStart(2, '0');
    const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
    return h > 0 ? h + ':' + two(m) + ':' + two(s) : m + ':' + two(s);
  };
  let now = { atMs: 0, heardMs: 0 };
  let heardMs = performance.now();
  let source;

  function connection(words, isLive) {
    const place = byId('connection');
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle('is-live', isLive);
  }

  function connect() {
    if (source) source.close();
    heardMs = performance.now();
    source = new EventSource('/events?run=' + encodeURIComponent(run));
    source.onopen = () => connection('Live', true);
    source.onerror = () => connection('Reconnecting', false);
    source.addEventListener('alive', () => { heardMs = performance.now(); });
    source.addEventListener('board', (event) => {
      heardMs = performance.now();
      connection('Live', true);
      show(JSON.parse(event.data));
    });
  }

  function show({ nowMs, parts, feed, lit, picture, said }) {
    now = { atMs: nowMs, heardMs: performance.now() };
    for (const [name, html] of Object.entries(parts)) put(byId('part-' + name), html);
    if (feed) tell(feed);
    if (picture !== undefined && picture !== drawn) draw(picture, lit);
    else if (lit) light(lit);
    if (said !== undefined && byId('said').textContent !== said) byId('said').textContent = said;
    tick();
  }

  /** Keeps what a person has typed, and where the focus is. */
  function put(place, html) {
    const typed = [...place.querySelectorAll('input')].map((one) => [one.id, one.value]);
    const said = place.querySelector('[data-said]')?.textContent;
    const wait = place.querySelector('[data-wait]')?.dataset.wait;
    const focused = place.contains(document.activeElement) ? document.activeElement.id : '';
    const scrolled = place.querySelector('.runs')?.scrollLeft;
    place.innerHTML = html;
    for (const [id, value] of typed) if (byId(id)) byId(id).value = value;
    const answered = place.querySelector('[data-said]');
    if (answered && said && place.querySelector('[data-wait]').dataset.wait === wait) answered.textContent = said;
    if (scrolled) place.querySelector('.runs').scrollLeft = scrolled;
    if (focused) byId(focused)?.focus({ preventScroll: true });
  }

  function tell({ reset, items }) {
    const list = byId('feed-lines');
    if (reset) list.replaceChildren();
    const made = document.createElement('template');
    made.innerHTML = items;
    const box = list.parentElement;
    const fromTop = box.scrollTop;
    const before = list.scrollHeight;
    list.prepend(made.content);
    while (list.children.length > FEED_WINDOW) list.lastElementChild.remove();
    if (fromTop > 0) box.scrollTop = fromTop + list.scrollHeight - before;
  }

  let drawn;
  async function draw(picture, lit) {
    drawn = picture;
    const answer = await fetch('/picture?run=' + encodeURIComponent(run));
    byId('picture').innerHTML = answer.ok ? await answer.text() : '';
    light(lit);
  }

  let lastLit = '';
  function light(lit) {
    const box = byId('picture');
    for (const one of box.querySelectorAll('.lit-active, .lit-done, .lit-failed')) one.classList.remove('lit-active', 'lit-done', 'lit-failed');
    let first;
    let broken;
    for (const how of ['done', 'failed', 'active'])
      for (const id of lit[how]) {
        const state = byId('state:' + id);
        if (!state) continue;
        state.classList.add('lit-' + how);
        if (!state.classList.contains('node')) continue;
        if (how === 'active') first = first || state;
        if (how === 'failed') broken = state;
      }
    first = first || broken;
    const key = first ? first.id : '';
    if (key === lastLit || !first || box.matches(':hover, :focus-within')) return;
    lastLit = key;
    const state = first.getBoundingClientRect();
    const view = box.getBoundingClientRect();
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    box.scrollBy({
      left: state.left - view.left - (view.width - state.width) / 2,
      top: state.top - view.top - (view.height - state.height) / 2,
      behavior: calm ? 'instant' : 'smooth',
    });
  }

  function tick() {
    const at = now.atMs + performance.now() - now.heardMs;
    for (const one of document.querySelectorAll('[data-until]')) {
      const left = Number(one.dataset.until) - at;
      one.textContent = clock(Math.abs(left)) + (left >= 0 ? ' left' : ' over');
      one.parentElement.classList.toggle('is-over', left < 0 && one.parentElement.classList.contains('value'));
    }
    for (const one of document.querySelectorAll('[data-since]')) one.textContent = clock(at - Number(one.dataset.since));
    for (const one of document.querySelectorAll('[data-grows-since]')) {
      const share = Math.min(100, (100 * (at - Number(one.dataset.growsSince))) / Number(one.dataset.growsFor));
      one.setAttribute('width', share.toFixed(1));
    }
  }

  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-post]');
    if (!button) return;
    const wait = button.closest('[data-wait]');
    const why = wait.querySelector('[data-why]');
    const say = (words) => { const place = document.querySelector('[data-said]'); if (place) place.textContent = words; };
    if (button.dataset.needsWhy && why.value.trim() === '') {
      say('This needs a reason.');
      why.focus();
      return;
    }
    button.disabled = true;
    try {
      const answer = await fetch('/decide', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Dr-Drill-Board': guard },
        body: JSON.stringify({ run, wait: wait.dataset.wait, ...JSON.parse(button.dataset.post), ...(why.value.trim() && { why: why.value.trim() }) }),
      });
      say(await answer.text());
    } catch {
      say('The board does not answer. Nothing was decided.');
    }
    button.disabled = false;
  });

  setInterval(() => {
    tick();
    if (source.readyState === 2 || performance.now() - heardMs > SILENT_MS) {
      connection('Reconnecting', false);
      if (performance.now() - heardMs > 5000) connect();
    }
  }, 1000);
  connect();
})();
`;
