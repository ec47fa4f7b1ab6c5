// The grid of ratings by keyboard: arrow keys and Enter move from cell to cell, a number puts the level in and Backspace or
// Delete takes it out. Without script the cells are plain fields, reached by Tab.
'use strict';

const grid = document.querySelector('[data-ratings-grid]');
const MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

if (grid) {
  const rows = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll('input')]);
  grid.addEventListener('focusin', (event) => event.target.select?.());
  grid.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = event.key === 'Enter' ? MOVES.ArrowDown : MOVES[event.key];
    if (!move) return;
    const at = rows.findIndex((row) => row.includes(event.target));
    if (at < 0) return;
    const column = rows[at].indexOf(event.target);
    event.preventDefault();
    rows[at + move[0]]?.[column + move[1]]?.focus();
  });
}
