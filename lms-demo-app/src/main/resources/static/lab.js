'use strict';

// Runs experiments without leaving the page. Without this, forms do the same by loading it anew;
// then the flicker is looked at by the worker, and here by this browser, with the cache it has.

const LOOKS = 10;
const PATIENCE = 15_000;

if (window !== parent) {
  // In a pane of the flicker: says what is seen.
  const name = document.querySelector('[data-testid="user-name"]');
  const stranger = document.querySelector('a[href="/user/login"]');
  const load = performance.getEntriesByType('navigation')[0];
  parent.postMessage(
    {menu: name ? name.textContent : stranger ? '' : '?', kept: load.transferSize === 0}, '*');
}

const main = () => document.getElementById('main');

/** Sends a form and returns the page that answers. */
async function send(form, more) {
  const body = new URLSearchParams(new FormData(form));
  Object.entries(more).forEach(([name, value]) => body.set(name, value));
  const answer = await fetch(form.action, {method: 'POST', body});
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  page.querySelectorAll('noscript').forEach(element => element.remove());
  return {page, address: answer.url, done: answer.ok};
}

function show({page, address}) {
  main().replaceChildren(...page.getElementById('main').childNodes);
  history.replaceState(null, '', address);
}

/** Does something during which nothing else may be begun. */
async function busy(button, work) {
  const label = button.textContent;
  main().setAttribute('aria-busy', 'true');
  main().querySelectorAll('form button').forEach(other => other.disabled = true);
  button.textContent = 'Running …';
  try {
    await work();
  } catch (problem) {
    const notice = document.createElement('p');
    notice.className = 'error';
    notice.setAttribute('role', 'alert');
    notice.textContent = 'The experiment stopped: ' + problem.message + '. Begin it again.';
    main().prepend(notice);
    notice.scrollIntoView({block: 'center'});
  } finally {
    button.textContent = label;
    main().querySelectorAll('form button').forEach(other => other.disabled = false);
    main().removeAttribute('aria-busy');
  }
}

// The flicker

let turn = 0;
/** Every look so far, row by row. A reload takes the page away, not what was seen. */
let seen = [];

const run = () => document.querySelector('form[data-steps] [name=run]').value;

function keep() {
  try {
    sessionStorage.setItem('flicker', JSON.stringify({run: run(), turn, seen}));
  } catch {
    // Without storage, a reload begins anew.
  }
}

function restore() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem('flicker'));
  } catch {
    // As above.
  }
  if (kept && kept.run === run()) {
    turn = kept.turn;
    kept.seen.forEach(({side, label, dots}) => {
      const row = new Row(side, label);
      dots.forEach(dot => row.add(dot));
    });
  }
}

const panes = () => document.querySelector('.lab-panes');
const workers = () => JSON.parse(panes().dataset.workers);

/** Loads the page into a pane as by a click; returns what the pane says of it. */
function load(pane, worker) {
  let frame = pane.querySelector('iframe');
  if (!frame) {
    frame = document.createElement('iframe');
    frame.title = pane.querySelector('figcaption').textContent + ': the page';
    frame.inert = true;
    pane.querySelector('.lab-address').after(frame);
  }
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(worker.name + ' did not answer')), PATIENCE);
    addEventListener('message', function heard(event) {
      if (event.source === frame.contentWindow && event.origin === worker.origin) {
        clearTimeout(late);
        removeEventListener('message', heard);
        resolve(event.data);
      }
    });
    frame.contentWindow.location.replace(worker.origin + pane.dataset.path);
  });
}

/**
 * Looks at both panes; returns what was seen in each. A page without a menu, as in an outage, names
 * nobody wrongly.
 */
async function look() {
  const all = workers();
  const worker = all[turn % all.length];
  const looks = {};
  for (const pane of panes().children) {
    const {menu, kept} = await load(pane, worker);
    const says = menu === '' ? 'Sign in' : menu === '?' ? 'no menu' : menu;
    const where = kept ? 'the browser’s own cache' : worker.name;
    pane.querySelector('.lab-address code').textContent = worker.origin + '/course/explore';
    pane.querySelector('.lab-where b').textContent = says;
    pane.querySelector('.lab-where span').textContent = where;
    // Long enough to be seen.
    await new Promise(resolve => setTimeout(resolve, 50));
    const wrong = menu !== '?' && menu !== panes().dataset.expected;
    looks[pane.dataset.side] = {wrong, says: where + ' shows: ' + says};
  }
  return looks;
}

/** A row of dots of one side, one for each look. */
class Row {
  constructor(side, label) {
    this.output = document.querySelector('[data-testid=' + side + '-wrong]');
    this.label = label;
    this.dots = this.wrong = 0;
    this.seen = {side, label, dots: []};
    seen.push(this.seen);
    this.row = document.createElement('div');
    this.row.innerHTML = '<dt></dt><dd><svg class="dots" role="img" height="22"></svg><span></span></dd>';
    this.row.querySelector('dt').textContent = label;
    document.querySelector('[data-rows=' + side + ']').append(this.row);
  }

  add({wrong, says}) {
    this.seen.dots.push({wrong, says});
    const svg = this.row.querySelector('svg');
    const x = this.dots * 22 + 11;
    const mark = wrong ? 'M' + (x - 3) + ' 8l7 7m0-7l-7 7' : 'M' + (x - 4) + ' 11l3 3 5-6';
    svg.insertAdjacentHTML('beforeend', '<g class="' + (wrong ? 'wrong' : 'right') + '"><title></title>'
      + '<circle cx="' + x + '" cy="11" r="8"/><path d="' + mark + '"/></g>');
    svg.lastElementChild.firstElementChild.textContent = says;
    this.dots++;
    this.wrong += wrong;
    const summary = this.wrong ? this.wrong + ' of ' + this.dots + ' wrong'
      : this.dots === 1 ? 'right' : 'all ' + this.dots + ' right';
    svg.setAttribute('width', this.dots * 22);
    svg.setAttribute('viewBox', '0 0 ' + this.dots * 22 + ' 22');
    svg.setAttribute('aria-label', this.label + ': ' + summary);
    const words = this.row.querySelector('span');
    words.textContent = summary;
    words.className = this.wrong ? 'bad' : '';
    this.output.value = Number(this.output.value) + wrong;
    this.output.parentElement.classList.toggle('bad', Number(this.output.value) > 0);
  }
}

async function refresh(times) {
  const label = panes().dataset.label;
  const rows = {naive: new Row('naive', label), ours: new Row('ours', label)};
  for (let i = 0; i < times; i++) {
    const {naive, ours} = await look();
    rows.naive.add(naive);
    rows.ours.add(ours);
    // One refresh alone stays on the worker that was chosen for it.
    turn += times > 1 ? 1 : 0;
    keep();
  }
}

/** Has the person of the experiment sign in or out; panes and dots stay. */
async function act(step) {
  const form = document.querySelector('form[data-steps]');
  const {page, done} = await send(form, {step, frames: '1'});
  if (!done) {
    throw new Error(step);
  }
  const after = page.querySelector('.lab-panes').dataset;
  panes().dataset.expected = after.expected;
  panes().dataset.label = after.label;
  // One that has died has another name.
  panes().dataset.workers = after.workers;
  form.replaceChildren(...page.querySelector('form[data-steps]').childNodes);
}

async function runAll() {
  history.replaceState(null, '', location.pathname + location.search.replace('&all=1', '') + location.hash);
  await refresh(LOOKS);
  for (const step of panes().dataset.story.split(' ')) {
    await act(step);
    await refresh(LOOKS);
  }
}

async function take(step) {
  if (step === 'next') {
    turn++;
    await refresh(1);
  } else if (step === 'refresh') {
    await refresh(LOOKS);
  } else {
    await act(step);
    await look();
  }
}

document.addEventListener('submit', event => {
  const form = event.target;
  const button = event.submitter;
  if (form.matches('[data-begin]')) {
    // Loaded anew: each page says itself which workers may stand in its frames.
    form.querySelector('[name=frames]').value = '1';
    setTimeout(() => button.textContent = 'Starting …');
    return;
  }
  const work = form.matches('[data-steps]') ? () => take(button.value)
    : form.matches('[data-live]') ? async () => {
      show(await send(form, {}));
      const result = document.getElementById('result') ?? main();
      result.focus({preventScroll: true});
      result.scrollIntoView({block: 'start'});
    } : null;
  if (work) {
    event.preventDefault();
    busy(button, work);
  }
});

if (panes()) {
  document.querySelectorAll('noscript').forEach(element => element.remove());
  restore();
  // Where it happens: the browser's own jump there may come before the panes have their height.
  if (location.hash === '#panes') {
    document.getElementById('panes').scrollIntoView({block: 'start'});
  }
  busy(document.querySelector('[data-begin] button'), panes().dataset.all !== undefined ? runAll : look);
}
