// The curriculum map as a table for spreadsheets: a row a competency with its domain and subdomain, a column an activity, the
// stage in words. Pure.
import type { CsvColumn } from '../tables/write-csv.js';
import type { CurriculumMap, MapRow } from './curriculum-map.js';
import type { StageWords } from './stage-words.js';

interface TableRow {
  row: MapRow;
  path: string[];
}

export function buildMapTable(options: { map: CurriculumMap; stageWords: StageWords }): {
  columns: CsvColumn<TableRow>[];
  rows: TableRow[];
} {
  const { map, stageWords } = options;
  const rows = map.groups.flatMap((group) =>
    group.rows.map((row) => ({ row, path: group.path.map((item) => item.fullStatement) })),
  );
  const columns: CsvColumn<TableRow>[] = [
    { header: 'identifier', value: ({ row }) => row.item.identifier },
    { header: 'domain', value: ({ path }) => path[0] ?? null },
    { header: 'subdomain', value: ({ path }) => path.slice(1).join(' › ') || null },
    { header: 'competency', value: ({ row }) => row.item.fullStatement },
    { header: 'activities', value: ({ row }) => row.cells.size },
    ...map.columns.map(({ id, title }) => ({
      header: title,
      value: ({ row }: TableRow) => {
        const cell = row.cells.get(id);
        return cell ? stageWords(cell.stage) : null;
      },
    })),
  ];
  return { columns, rows };
}
