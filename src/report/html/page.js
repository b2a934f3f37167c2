'use strict';
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = document.getElementById('filters');
  const rules = all('.rule').map((node) => ({ node, text: node.textContent.toLowerCase() }));

  const filter = () => {
    const wanted = new Set(all('[name=outcome]:checked', form).map((box) => box.value));
    const section = form.elements.section.value;
    const text = form.elements.text.value.trim().toLowerCase();
    let shown = 0;
    for (const { node, text: own } of rules) {
      const fits = wanted.has(node.dataset.outcome) && own.includes(text)
        && (!section || node.parentNode.dataset.section === section);
      node.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const group of all('.group')) group.hidden = !all('.rule', group).some((rule) => !rule.hidden);
    document.getElementById('shown').textContent =
      shown === rules.length ? '' : `${shown} of ${rules.length} rules are shown`;
  };

  // A link to a rule opens it, and shows it where a filter hides it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.classList.contains('rule')) return;
    if (target.hidden) {
      form.reset();
      filter();
    }
    target.open = true;
    target.querySelector('summary').focus({ preventScroll: true });
    target.scrollIntoView({ block: 'start' });
  };

  if (form) {
    form.hidden = false;
    form.addEventListener('input', filter);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('reset', () => setTimeout(filter));
    const button = document.getElementById('open-all');
    button.addEventListener('click', () => {
      const open = rules.some(({ node }) => !node.hidden && !node.open);
      for (const { node } of rules) if (!node.hidden) node.open = open;
      button.textContent = open ? 'Close all' : 'Open all';
    });
    window.addEventListener('hashchange', reveal);
    reveal();
  }

  for (const input of all('input[data-rows]')) {
    const rows = all('tbody tr', document.getElementById(input.dataset.rows));
    input.parentNode.hidden = rows.length < 8;
    input.addEventListener('input', () => {
      const text = input.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(text);
    });
  }

  // What is printed is read without a mouse.
  window.addEventListener('beforeprint', () => all('details').forEach((node) => { node.open = true; }));
})();
