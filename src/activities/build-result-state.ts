// The record of a change of a result, with the id of the statement it means. Which change, next-result.ts says.
import type { ResultChange } from './next-result.js';
import type { ImportedResult, ResultState } from './result-state.model.js';
import { resultStatementId } from './state-result.js';
import type { StatementSource } from './statement-source.js';

export async function buildResultState(options: {
  source: StatementSource;
  place: Pick<ResultState, 'deployment' | 'course' | 'activity' | 'user'>;
  change: ResultChange;
  imported?: ImportedResult | null;
}): Promise<ResultState> {
  const { source, place, change, imported = null } = options;
  const { share, standing, ...rest } = change;
  const statementId =
    share === null ? null : await resultStatementId(source, { ...place, ...rest });
  return {
    ...place,
    ...rest,
    statementId,
    standing:
      statementId === null || share === null ? standing : [...standing, { statementId, share }],
    imported,
  };
}
