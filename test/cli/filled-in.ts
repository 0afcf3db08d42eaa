/** A mapping of a YAML file. */
export type Tree = Record<string, unknown>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Puts in what only people know, out of the file that the account was made of. */
export const filledIn = (tree: Tree, real: Tree | undefined): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      const wanted = real?.[key];
      return [key, isTree(value) ? filledIn(value, isTree(wanted) ? wanted : undefined) : (value ?? wanted)];
    }),
  );
