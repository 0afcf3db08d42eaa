import description from '../../package.json' with { type: 'json' };

export const { version } = description;

/** Name and version, as the journal and the reports have it. */
export const tool = `dr-drill ${version}`;
