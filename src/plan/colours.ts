import pc from 'picocolors';
import type { Screen } from '../layout.ts';

export type Colours = ReturnType<typeof pc.createColors> & Pick<Screen, 'width'>;

/** The colours of a text, which do nothing where it is not to be coloured, and how wide it may be. */
export const coloursFor = ({ colour, width }: Screen): Colours => ({ ...pc.createColors(colour), width });
