// A competency that statements are to be about: its framework, what it is called and what it stands below.
import { findFramework, type FrameworkRecord } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { describeCompetency } from './describe-object.js';

export interface CompetencySubject {
  framework: FrameworkRecord;
  named: ReturnType<typeof describeCompetency>;
}

/** Null where the framework or the competency is gone: then there is nothing left to speak of. */
export async function findCompetencySubject(options: {
  deployment: string;
  framework: string;
  item: string;
}): Promise<CompetencySubject | null> {
  const { deployment, item } = options;
  const framework = await findFramework({
    framework: options.framework,
    viewer: { deployment },
  });
  const tree = framework && (await readTree({ framework }));
  return framework && tree?.items.has(item)
    ? { framework, named: describeCompetency(tree, item) }
    : null;
}
