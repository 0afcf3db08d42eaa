import { allKinds } from '../components/index.ts';
import { witnessLook } from '../components/witness/look.ts';
import { alarmLook } from '../steps/account/alarms.ts';
import { failureInjectionLook } from '../steps/account/failure-injection.ts';
import { loginLook } from '../steps/account/logins.ts';
import { type Look, type LookContext, type LookFor, looked } from '../steps/account/look.ts';
import { metricLook } from '../steps/account/metrics.ts';
import { channelLook, topicLook } from '../steps/account/notices.ts';
import { documentLook, functionLook, templateLook } from '../steps/account/platform.ts';
import { sessionLook } from '../steps/account/session.ts';
import type { Need, NeedKind, NeedOf } from '../steps/needs.ts';
import type { Permission } from '../steps/step.ts';
import { quotaLook } from './quotas.ts';

/** Every look, by the need that it is for. */
export const looks: { [K in NeedKind]?: LookFor<K> } = {
  ...Object.assign({}, ...allKinds.map((kind) => kind.looks)),
  alarm: alarmLook,
  'aws-session': sessionLook,
  'database-login': loginLook,
  'failure-injection': failureInjectionLook,
  'fis-template': templateLook,
  'lambda-function': functionLook,
  metric: metricLook,
  'notice-channel': channelLook,
  quota: quotaLook,
  'sns-topic': topicLook,
  'ssm-document': documentLook,
  witness: witnessLook,
};

/** The look for a need, by any of its names. */
const lookFor = (need: Need) => looks[need.need] as unknown as LookFor<NeedKind> & LookFor<never>;

export const callsFor = (need: Need): readonly string[] => lookFor(need).calls(need as NeedOf<never>);

export const permissionsFor = (need: Need, account: string): Permission[] =>
  lookFor(need).permissions(need as NeedOf<never>, account);

/** Looks at what a need is about. */
export const lookAt = (need: Need, context: LookContext): Promise<Look> => {
  const { look, subject } = lookFor(need);
  return looked(subject(need as NeedOf<never>), () => look(need as NeedOf<never>, context), context);
};

/** What a need is about, for people. */
export const subjectOf = (need: Need): string => lookFor(need).subject(need as NeedOf<never>);
