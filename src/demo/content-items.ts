// Reads the tool's deep linking response (LTI Deep Linking 2.0, section 4), its signature already
// verified: what the demo LMS takes of it is resource links to its own tool and nothing else.
import { z } from 'zod';

const MAX_ITEMS = 50;

const titleSchema = z.string().trim().min(1).max(255);

/** Custom values are flat: Moodle breaks on anything nested. */
const customSchema = z.record(
  z.string().max(255),
  z.union([z.string().max(4096), z.number(), z.boolean()]).transform(String),
);

const contentItemSchema = z.object({
  type: z.literal('ltiResourceLink'),
  title: titleSchema.optional(),
  text: z.string().max(10_000).optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
  custom: customSchema.optional(),
  lineItem: z
    .object({
      label: titleSchema.optional(),
      scoreMaximum: z.number().positive(),
      resourceId: z.string().max(255).optional(),
      tag: z.string().max(255).optional(),
      gradesReleased: z.boolean().optional(),
      submissionReview: z
        .object({
          url: z.url({ protocol: /^https?$/ }).optional(),
          custom: customSchema.optional(),
        })
        .optional(),
    })
    .optional(),
});

export type ContentItem = z.infer<typeof contentItemSchema>;

const noticeSchema = z.string().max(1000).optional();

const contentResponseSchema = z
  .object({
    exp: z.number(),
    iat: z.number(),
    nonce: z.string().min(1).max(255),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': z.literal('LtiDeepLinkingResponse'),
    'https://purl.imsglobal.org/spec/lti/claim/version': z.literal('1.3.0'),
    'https://purl.imsglobal.org/spec/lti/claim/deployment_id': z.string(),
    'https://purl.imsglobal.org/spec/lti-dl/claim/content_items': z
      .array(contentItemSchema)
      .max(MAX_ITEMS)
      .optional(),
    'https://purl.imsglobal.org/spec/lti-dl/claim/data': z.string().optional(),
    'https://purl.imsglobal.org/spec/lti-dl/claim/msg': noticeSchema,
    'https://purl.imsglobal.org/spec/lti-dl/claim/errormsg': noticeSchema,
  })
  .transform((claims) => ({
    expiresAt: new Date(claims.exp * 1000),
    nonce: claims.nonce,
    deploymentId: claims['https://purl.imsglobal.org/spec/lti/claim/deployment_id'],
    items: claims['https://purl.imsglobal.org/spec/lti-dl/claim/content_items'] ?? [],
    data: claims['https://purl.imsglobal.org/spec/lti-dl/claim/data'],
    message: claims['https://purl.imsglobal.org/spec/lti-dl/claim/msg'],
    errorMessage: claims['https://purl.imsglobal.org/spec/lti-dl/claim/errormsg'],
  }));

type ContentResponse = z.infer<typeof contentResponseSchema>;

/** The response, or the first reason for which it is none that belongs to this request. */
export function readContentResponse({
  claims,
  expected,
}: {
  claims: unknown;
  expected: { deploymentId: string; data: string; toolOrigin: string };
}): { response: ContentResponse } | { refusal: string } {
  const parsed = contentResponseSchema.safeParse(claims);
  if (!parsed.success) return { refusal: z.prettifyError(parsed.error) };

  const response = parsed.data;
  if (response.deploymentId !== expected.deploymentId) {
    return { refusal: 'It is for a deployment that is not the one of this course.' };
  }
  if (response.data !== expected.data) {
    return { refusal: 'It does not return the data that was given with the request.' };
  }

  const foreign = response.items.find(
    ({ url }) => url !== undefined && new URL(url).origin !== expected.toolOrigin,
  );
  if (foreign) return { refusal: `It links to another site: ${foreign.url ?? ''}` };
  return { response };
}
