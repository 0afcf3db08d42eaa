import type { Operation } from '../catalogue.ts';
import type { Received } from '../exchange.ts';

/** The labels of an operation's URI template as a request has them, decoded; `undefined` where it means another. */
export function labelsOf({ http }: Operation, request: Received): Record<string, string> | undefined {
  if (!http) return undefined;
  const [method, uri] = http;
  const [path = '', fixed = ''] = uri.split('?');
  if (method !== request.method) return undefined;
  for (const [name, value] of new URLSearchParams(fixed)) if (request.query.get(name) !== value) return undefined;
  return matched(segments(path), segments(request.path));
}

function matched(template: string[], given: string[]): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const label = /^\{(\w+)(\+?)\}$/.exec(segment);
    // A greedy label takes what the segments behind it leave.
    const takes = label?.[2] === '+' ? given.length - (template.length - index - 1) : 1;
    if (takes < 1 || given.length < takes) return undefined;
    const here = given.splice(0, takes);
    const value = decoded(here.join('/'));
    if (value === undefined || (!label && value !== segment)) return undefined;
    if (label?.[1]) labels[label[1]] = value;
  }
  return given.length === 0 ? labels : undefined;
}

/** Clients differ in whether a path ends with a slash. */
const segments = (path: string): string[] => path.replace(/^\/|\/$/g, '').split('/');

export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
