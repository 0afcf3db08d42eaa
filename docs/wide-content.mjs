// What is wider than a page scrolls, by keyboard too. Pictures of state machines keep a width at which they can be read.
export function wideContent() {
  return (tree) => visit(tree);
}

function visit(node) {
  if (node.tagName === 'table') node.properties = { ...node.properties, tabIndex: 0 };
  for (const child of node.children ?? []) visit(child);
  node.children = node.children?.map((child) => (isStateMachine(child) ? scrolling(child) : child));
}

const isStateMachine = ({ tagName, properties }) => tagName === 'img' && properties.src.endsWith('.svg');

const scrolling = ({ properties, ...picture }) => ({
  type: 'element',
  tagName: 'span',
  properties: { tabIndex: 0, role: 'group', ariaLabel: properties.alt, style: 'display:block;overflow-x:auto' },
  children: [{ ...picture, properties: { ...properties, style: 'width:68rem;max-width:none;height:auto' } }],
});
