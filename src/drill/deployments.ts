/** What distinguishes a deployment of a compute from others. */
interface Deployed {
  name: string;
  /** Where it is not in the usual namespace of its compute. */
  namespace?: string | undefined;
}

/** How steps and other components call it: by its name, and by `namespace/name` where it has a namespace of its own. */
export const calledBy = ({ name, namespace }: Deployed): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** Where it is, by what it is called, and its name there. */
export function placeOfDeployment<C extends { namespace: string }>(
  usual: C,
  called: string,
): { place: C; name: string } {
  const [name = '', namespace = usual.namespace] = called.split('/').toReversed();
  return { place: { ...usual, namespace }, name };
}
