// What other systems told our record store of a person: statements whose actor is one of theirs and that we did not tell. Other
// than our own they are in no outbox, so they are found by the agent.
import { listActorsOf } from '../activities/actor-key.model.js';
import { listStatementsOfAgent } from '../lrs/erased-statement.model.js';
import { sortStatementIds } from '../outbox/personal-statement.model.js';
import { actorKeys } from '../xapi/actor.js';
import type { Statement } from '../xapi/statement.js';

const AT_ONCE = 200;

/** In the order in which they came, by each way of naming the person; those in which they are only the object are left out. */
export async function* readForeignStatements(of: {
  deployment: string;
  user: string;
}): AsyncGenerator<Statement> {
  const { deployment } = of;
  for (const { agentKey } of await listActorsOf(of))
    for await (const page of readPages(agentKey)) {
      const statementIds = page.map(({ statementId }) => statementId);
      const { known } = await sortStatementIds({ deployment, statementIds });
      // Stored by our LRS, which read them by the rules.
      const statements = page
        .filter(({ statementId }) => !known.has(statementId))
        .map(({ json }) => JSON.parse(json) as Statement);
      yield* statements.filter(({ actor }) => actorKeys(actor).includes(agentKey));
    }
}

async function* readPages(agentKey: string) {
  for (let after = 0; ;) {
    const page = await listStatementsOfAgent({ agentKey, after, limit: AT_ONCE });
    yield page;
    const last = page.at(-1);
    if (!last || page.length < AT_ONCE) return;
    after = last.position;
  }
}
