import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** The colours of a text, which do nothing where it is not to be coloured. */
export const coloursFor = ({ colour }: { colour: boolean }): Colours => pc.createColors(colour);
