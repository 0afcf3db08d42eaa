import type { Notice } from './notice.ts';

/** A message that shows whether a channel works. */
export const testNotice = ({ channel, sender, at }: { channel: string; sender: string; at: string }): Notice => ({
  about: 'test',
  key: `test/${at}`,
  at,
  says: `This is a test of the channel ${channel}. No drill is running.`,
  urgent: false,
  facts: [{ name: 'Sent by', text: sender }],
  subject: { id: `dr-drill/test/${channel}/${at}`, mark: 'DRILL test' },
});

/** What a test has opened is closed at once. */
export const testIsOver = (notice: Notice): Notice => ({ ...notice, about: 'end', key: `${notice.key}/end` });
