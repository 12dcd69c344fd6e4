// How an IRI is written short, and where this server answers for it.

import { data } from "./page.js";

// What may follow a prefix without an escape (SPARQL 1.1 §19.8, PN_LOCAL), a little less.
const LOCAL = /^(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?)?$/u;

let declared = [];

/** Know these prefixes from now on; the longest namespace is tried first. */
export function usePrefixes(prefixes) {
  declared = Object.entries(prefixes).sort((a, b) => b[1].length - a[1].length);
}

/** The prefix, namespace and local part of an IRI, or null where no prefix fits. */
export function split(iri) {
  for (const [prefix, namespace] of declared) {
    if (!namespace || !iri.startsWith(namespace)) continue;
    const local = iri.slice(namespace.length);
    if (LOCAL.test(local)) return { prefix, namespace, local };
  }
  return null;
}

/** The IRI as a prefixed name, or in angle brackets. */
export function shorten(iri) {
  const parts = split(iri);
  return parts ? `${parts.prefix}:${parts.local}` : `<${iri}>`;
}

/** The address that shows a reader what is known of an IRI. */
export function addressOf(iri) {
  const { base } = data;
  if (!base || !iri.startsWith(base)) return `/resource?iri=${encodeURIComponent(iri)}`;
  const path = `/${iri.slice(base.length)}`;
  return path.startsWith("/id/") ? `/page/${path.slice("/id/".length)}` : path;
}
