import { cut } from './cut.ts';
import { headlineOf, type Notice } from './notice.ts';

/** Limits of PagerDuty's Events API v2, in characters. */
const SUMMARY_MOST = 1_024;
const KEY_MOST = 255;
const DETAIL_MOST = 4_000;

/** Opens the run's one incident, says that a person sees to it, or ends it. */
export function pagerDutyEvent(notice: Notice) {
  const { subject, at, facts, about } = notice;
  const event = { event_action: actionOf(notice), dedup_key: cut(subject.id, KEY_MOST) };
  if (event.event_action !== 'trigger') return event;
  return {
    ...event,
    client: 'dr-drill',
    payload: {
      summary: cut(headlineOf(notice), SUMMARY_MOST),
      source: 'dr-drill',
      severity: about === 'test' ? 'info' : 'critical',
      timestamp: at,
      class: about,
      custom_details: Object.fromEntries(facts.map(({ name, text }) => [name, cut(text, DETAIL_MOST)])),
    },
    ...(subject.link !== undefined && { links: [{ href: subject.link, text: 'Run and report' }] }),
  };
}

function actionOf({ about, urgent }: Notice): 'trigger' | 'acknowledge' | 'resolve' {
  if (about === 'decided') return 'acknowledge';
  return about === 'end' && !urgent ? 'resolve' : 'trigger';
}
