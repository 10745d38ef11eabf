'use strict';

// Runs experiments without leaving the page. Without this, forms do the same by loading it anew.
document.addEventListener('submit', async event => {
  const form = event.target;
  if (!form.matches('form[data-live]')) {
    return;
  }
  event.preventDefault();
  const main = document.getElementById('main');
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const label = event.submitter.textContent;
  main.setAttribute('aria-busy', 'true');
  for (const button of main.querySelectorAll('form[data-live] button')) {
    button.disabled = true;
  }
  event.submitter.textContent = 'Running …';
  try {
    const answer = await fetch(form.action, {method: 'POST', body});
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const chosen = new Set([...main.querySelectorAll('details[open]')].map(d => d.id));
    main.replaceChildren(...page.getElementById('main').childNodes);
    chosen.forEach(id => id && document.getElementById(id)?.setAttribute('open', ''));
    history.replaceState(null, '', answer.url);
    const result = document.getElementById('result') ?? main;
    result.focus({preventScroll: true});
    result.scrollIntoView({block: 'start'});
  } catch {
    event.submitter.textContent = label;
    form.submit();
  } finally {
    main.removeAttribute('aria-busy');
  }
});
