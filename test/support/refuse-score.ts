// A score of 9 out of 10 that a gradebook refused for good.
import { recordScoreDelivery, settleScores } from '../../src/activities/score-delivery.model.js';

export async function refuseScore(options: {
  deployment: string;
  lineItemUrl: string;
  fault: string;
}): Promise<void> {
  const { deployment, lineItemUrl, fault } = options;
  await recordScoreDelivery({
    delivery: {
      statementId: 's',
      platform: 'p',
      deployment,
      user: 'somebody',
      lineItemUrl,
      gradeScopes: [],
      scoreGiven: 9,
      scoreMaximum: 10,
      at: new Date(),
    },
  });
  const ids = [`${deployment}/s/${lineItemUrl}`];
  await settleScores({ deployment, ids, status: 'failed', fault });
}
