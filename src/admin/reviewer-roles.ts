// The form in which an administrator names the roles whose holders review programmes: one role URI a line. Whole URIs of
// the LTI vocabulary only; a role of learners or teachers would hand every course's report to all of them. Pure.
import { z } from 'zod';

const MOST_ROLES = 20;
const ROLE = /^https?:\/\/[^\s]{5,250}$/;
const EVERYBODY = /[#/](?:Learner|Student|Instructor|NonCreditLearner|Guest|User|None|TestUser)$/;

export const ReviewerRolesInput = z.object({
  roles: z
    .string()
    .default('')
    .transform((text) => [
      ...new Set(
        text
          .split(/\r?\n/)
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      ),
    ])
    .refine((roles) => roles.length <= MOST_ROLES, 'admin:fault.roles-many')
    .refine((roles) => roles.every((role) => ROLE.test(role)), 'admin:fault.roles-uri')
    .refine((roles) => !roles.some((role) => EVERYBODY.test(role)), 'admin:fault.roles-everybody'),
});
