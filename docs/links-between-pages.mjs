// Pages link to each other's files, as editors and GitHub follow them. The site has a folder for each page.
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const pages = fileURLToPath(new URL('src/content/docs', import.meta.url));

export function linksBetweenPages() {
  return (tree, file) => visit(tree, dirname(file.path));
}

function visit(node, folder) {
  if (node.type === 'link' || node.type === 'definition') node.url = onSite(node.url, folder);
  for (const child of node.children ?? []) visit(child, folder);
}

/** `../components/eks.md#verbs` becomes `/components/eks/#verbs`. */
function onSite(url, folder) {
  const [, path, hash = ''] = /^([^:#]+)\.mdx?(#.*)?$/.exec(url) ?? [];
  if (path === undefined || path.startsWith('/')) return url;
  const page = relative(pages, resolve(folder, path));
  if (page.startsWith('..')) throw new Error(`${url} leads out of the documentation.`);
  return `/${page === 'index' ? '' : `${page}/`}${hash}`;
}
