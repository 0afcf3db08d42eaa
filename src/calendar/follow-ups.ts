/** A live run that nobody has debriefed within 24 hours. */
export interface LateDebrief {
  run: string;
  drill: string;
  /** ISO instant. */
  endedAt: string;
}

/** An action of a debrief whose day has passed. */
export interface OverdueAction {
  run: string;
  drill: string;
  /** Its number among the actions of its run. */
  id: number;
  action: string;
  owner: string;
  /** ISO day. */
  due: string;
}

/** What people owe after drills. */
export interface FollowUps {
  debriefs: LateDebrief[];
  actions: OverdueAction[];
}

export const debriefInWords = ({ run, endedAt }: LateDebrief): string =>
  `debrief of ${run}, which ended at ${endedAt.slice(0, 16)}Z: due within 24 h`;

export const actionInWords = ({ run, id, action, owner, due }: OverdueAction): string =>
  `action ${id} of ${run}: ${action} (${owner}), was due by ${due}`;
