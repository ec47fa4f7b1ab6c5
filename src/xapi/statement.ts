// The shapes of a statement, in the standard's spelling (xAPI 1.0.3, part Data, 2.2 to 2.4; 2.0 adds contextAgents and
// contextGroups). Types only: what an unknown value really is, statement-rules.ts says.

export type LanguageMap = Record<string, string>;
export type Extensions = Record<string, unknown>;
/** Versions of the protocol that we speak. */
export type XapiVersion = '1.0.3' | '2.0.0';

interface Account {
  homePage: string;
  name: string;
}

interface Identified {
  name?: string;
  mbox?: string;
  mbox_sha1sum?: string;
  openid?: string;
  account?: Account;
}

/** Exactly one of mbox, mbox_sha1sum, openid and account is there. */
export interface Agent extends Identified {
  objectType?: 'Agent';
}

/** With an identifier, or without one and with members. */
interface Group extends Identified {
  objectType: 'Group';
  member?: Agent[];
}

export type Actor = Agent | Group;

export interface Verb {
  id: string;
  display?: LanguageMap;
}

export interface InteractionComponent {
  id: string;
  description?: LanguageMap;
}

export interface ActivityDefinition {
  name?: LanguageMap;
  description?: LanguageMap;
  type?: string;
  moreInfo?: string;
  extensions?: Extensions;
  interactionType?: string;
  correctResponsesPattern?: string[];
  choices?: InteractionComponent[];
  scale?: InteractionComponent[];
  source?: InteractionComponent[];
  target?: InteractionComponent[];
  steps?: InteractionComponent[];
}

export interface Activity {
  objectType?: 'Activity';
  id: string;
  definition?: ActivityDefinition;
}

export interface StatementRef {
  objectType: 'StatementRef';
  id: string;
}

export interface Score {
  scaled?: number;
  raw?: number;
  min?: number;
  max?: number;
}

export interface Result {
  score?: Score;
  success?: boolean;
  completion?: boolean;
  response?: string;
  duration?: string;
  extensions?: Extensions;
}

export interface ContextActivities {
  parent?: Activity | Activity[];
  grouping?: Activity | Activity[];
  category?: Activity | Activity[];
  other?: Activity | Activity[];
}

interface ContextAgent {
  objectType: 'contextAgent';
  agent: Agent;
  relevantTypes?: string[];
}

interface ContextGroup {
  objectType: 'contextGroup';
  group: Group;
  relevantTypes?: string[];
}

export interface StatementContext {
  registration?: string;
  instructor?: Actor;
  team?: Group;
  contextActivities?: ContextActivities;
  contextAgents?: ContextAgent[];
  contextGroups?: ContextGroup[];
  revision?: string;
  platform?: string;
  language?: string;
  statement?: StatementRef;
  extensions?: Extensions;
}

export interface Attachment {
  usageType: string;
  display: LanguageMap;
  description?: LanguageMap;
  contentType: string;
  length: number;
  sha2: string;
  fileUrl?: string;
}

interface StatementBody<TargetObject> {
  actor: Actor;
  verb: Verb;
  object: TargetObject;
  result?: Result;
  context?: StatementContext;
  timestamp?: string;
  attachments?: Attachment[];
}

export interface SubStatement extends StatementBody<Activity | Actor | StatementRef> {
  objectType: 'SubStatement';
}

export type StatementObject = Activity | Actor | StatementRef | SubStatement;

export interface Statement extends StatementBody<StatementObject> {
  id?: string;
  stored?: string;
  authority?: Actor;
  version?: string;
}
