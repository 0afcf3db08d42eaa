// A wide table scrolls: with a tab stop it does so by keyboard, too.
export function tablesByKeyboard() {
  return (tree) => visit(tree);
}

function visit(node) {
  if (node.tagName === 'table') node.properties = { ...node.properties, tabIndex: 0 };
  for (const child of node.children ?? []) visit(child);
}
