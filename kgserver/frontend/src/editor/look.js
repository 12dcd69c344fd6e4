// How the editor looks: the inks of the page, so that light and dark come by themselves.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { sparql, SparqlLanguage } from "codemirror-lang-sparql";

const inks = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)" },
  { tag: tags.variableName, color: "light-dark(#6a3d9a, #c9a7f0)" },
  { tag: [tags.propertyName, tags.namespace, tags.url, tags.labelName], color: "var(--link)" },
  { tag: [tags.string, tags.literal, tags.number, tags.bool], color: "light-dark(#2f6b2b, #9ccf8f)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

const frame = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--wash)", fontSize: "0.875rem", border: "1px solid var(--soft)", borderRadius: "3px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "0" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "14rem", maxHeight: "60vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.5rem 0" },
  ".cm-gutters": { color: "var(--soft)", backgroundColor: "transparent", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--tint)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "light-dark(#cfe3e0, #2c4a4c)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--soft)", borderRadius: "3px" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "0.8125rem" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.5rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--paper)", backgroundColor: "var(--link)" },
  ".cm-completionDetail": { fontFamily: "var(--sans)", marginLeft: "0.75rem", fontStyle: "normal", color: "var(--soft)" },
  "li[aria-selected] .cm-completionDetail": { color: "var(--paper)" },
  ".cm-completionInfo": { maxWidth: "24rem", fontFamily: "var(--sans)", fontSize: "0.875rem", padding: "0.4rem 0.7rem" },
  ".cm-completionInfo p": { margin: "0.15rem 0" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", borderLeft: "3px solid var(--accent)" },
  ".cm-diagnosticAction": { color: "var(--paper)", backgroundColor: "var(--link)", padding: "0.1rem 0.5rem", borderRadius: "3px" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--wash)" },
  ".cm-searchMatch": { backgroundColor: "var(--tint)" },
});

// The grammar's package leaves prefixed names and `a` without colour.
const named = SparqlLanguage.configure({
  props: [styleTags({ "Pname_ln Pname_ns": tags.propertyName, A_predicate: tags.keyword })],
});

/** The extensions of the language and its inks. */
export function look() {
  const support = sparql();
  return [named, support.support ?? [], syntaxHighlighting(inks), frame];
}
