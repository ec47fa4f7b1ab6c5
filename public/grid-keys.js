// Lets the arrow keys move between the cells of a wide table (ARIA Authoring Practices: grid). Without script every link of
// the table is reached by the tab key; with it the table is one stop of the tab key. Home and End go to the ends of the row,
// with Ctrl to the first and last cell.
const wide = window.matchMedia('(min-width: 45rem)');
const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

for (const table of document.querySelectorAll('table[data-grid-keys]')) {
  // On a phone the rows stand below each other and are read as a list: no grid there.
  if (wide.matches) makeGrid(table);
}

function makeGrid(table) {
  const rows = [...table.rows];
  table.setAttribute('role', 'grid');
  for (const cell of table.querySelectorAll('td')) cell.setAttribute('role', 'gridcell');
  for (const link of table.querySelectorAll('a')) link.tabIndex = -1;
  let current = table.rows[0].cells[0];
  stopOf(current).tabIndex = 0;

  const moveTo = (row, column) => {
    const wanted = rows[Math.max(0, Math.min(row, rows.length - 1))];
    const cell = wanted.cells[Math.max(0, Math.min(column, wanted.cells.length - 1))];
    stopOf(current).tabIndex = -1;
    current = cell;
    stopOf(cell).tabIndex = 0;
    stopOf(cell).focus();
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  table.addEventListener('focusin', (event) => {
    const cell = event.target.closest('td, th');
    if (!cell || cell === current) return;
    stopOf(current).tabIndex = -1;
    current = cell;
    stopOf(cell).tabIndex = 0;
  });
  let column = 0;
  table.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    const row = rows.indexOf(current.parentElement);
    if (step) {
      // A line of a group is one cell wide: going on past it keeps the column.
      if (step[1] !== 0 || current.parentElement.cells.length > 1) column = current.cellIndex;
      column = Math.max(0, column + step[1]);
      moveTo(row + step[0], column);
    } else if (event.key === 'Home') moveTo(event.ctrlKey ? 0 : row, (column = 0));
    else if (event.key === 'End') {
      const last = event.ctrlKey ? rows.length - 1 : row;
      moveTo(last, (column = rows[last].cells.length - 1));
    } else return;
    event.preventDefault();
  });
}

/** What takes the focus in a cell: its link, else the cell itself. */
function stopOf(cell) {
  return cell.querySelector('a') ?? cell;
}
