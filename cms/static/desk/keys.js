/* Single keys on the desk. Whatever a page offers bears data-key; rows of a list are walked with j and k.
   Keys rest while somebody types or composes with an input method, and can be switched off in the account. */
(function () {
  'use strict';

  const COMPOSING = 229; // what browsers send for each key that an input method swallows
  const TYPED_IN = 'input, textarea, select, [contenteditable=""], [contenteditable="true"]';
  const CLICKED = ['checkbox', 'radio', 'button', 'submit'];

  function switchedOff() {
    const config = document.getElementById('wagtail-config');
    return !config || JSON.parse(config.textContent).KEYBOARD_SHORTCUTS_ENABLED === false;
  }

  function isTyping(element) {
    return (
      element instanceof Element &&
      element.matches(TYPED_IN) &&
      !(element.matches('input') && CLICKED.includes(element.type))
    );
  }

  function rows() {
    return [...document.querySelectorAll('[data-desk-rows] tbody tr')];
  }

  function here() {
    return document.querySelector('[data-desk-rows] tr.desk-here');
  }

  function walk(step) {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(here());
    const to = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach((row) => row.classList.toggle('desk-here', row === to));
    const link = to.querySelector('a');
    if (link) link.focus({ preventScroll: true });
    to.scrollIntoView({ block: 'nearest' });
    return true;
  }

  function openRow() {
    const row = here();
    const link = row && row.querySelector('a');
    if (!link) return false;
    link.click();
    return true;
  }

  function press(key) {
    const target = [...document.querySelectorAll('[data-key]')].find(
      (each) => each.dataset.key === key && each.getClientRects().length,
    );
    if (!target) return false;
    target.focus();
    target.click();
    const opened = target.closest('details[open]');
    const field = opened && opened.querySelector('select, input:not([type=hidden]), textarea');
    if (field) field.focus();
    return true;
  }

  function act(key) {
    if (key === 'j') return walk(1) || press(key);
    if (key === 'k') return walk(-1) || press(key);
    if (key === 'Enter' && here() && document.activeElement.closest('[data-desk-rows]')) return false;
    if (key === 'Enter') return openRow();
    return press(key);
  }

  /* The help dialog (the key ?) lists what this page offers. */
  function explain() {
    const list = document.querySelector('[data-desk-help]');
    if (!list) return;
    document.querySelectorAll('[data-key][data-key-label]').forEach((each) => {
      const row = list.insertRow();
      row.className = 'w-keyboard_shortcuts__key';
      const label = document.createElement('th');
      label.scope = 'row';
      label.textContent = each.dataset.keyLabel;
      const key = document.createElement('kbd');
      key.textContent = each.dataset.key;
      row.append(label);
      row.insertCell().append(key);
    });
  }

  document.addEventListener('DOMContentLoaded', explain);

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === COMPOSING) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target)) return;
    if (document.querySelector('.w-dialog:not([aria-hidden])')) return;
    if (switchedOff()) return;
    if (act(event.key)) event.preventDefault();
  });
})();
