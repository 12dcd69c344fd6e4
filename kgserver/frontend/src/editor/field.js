// The field in which a query is written: CodeMirror in the place of the form's textarea.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, foldGutter, indentUnit } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { say } from "../page.js";
import { checking } from "./check.js";
import { look } from "./look.js";

/**
 * Put the field where the textarea stood. It lives in a shadow tree, whose styles need no
 * exception in the page's Content-Security-Policy. `run` is called by Ctrl-Enter,
 * `complete` is a source of completions.
 */
export function field(textarea, { run, complete }) {
  const host = document.createElement("div");
  host.className = "field";
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: textarea.value, extensions: extensions(run, complete) }),
  });
  textarea.after(host);
  textarea.hidden = true;
  document.querySelector(`label[for="${textarea.id}"]`)?.addEventListener("click", () => view.focus());
  return view;
}

function extensions(run, complete) {
  return [
    lineNumbers(), foldGutter(), history(), drawSelection(), highlightActiveLine(),
    bracketMatching(), closeBrackets(), indentUnit.of("  "), EditorView.lineWrapping, look(),
    EditorView.domEventHandlers({ beforeinput: overwrite }),
    autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }), checking(),
    EditorView.contentAttributes.of({ "aria-label": say("query") }),
    keymap.of([
      { key: "Mod-Enter", run: () => (run(), true) },
      ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap,
      ...searchKeymap, ...historyKeymap, ...defaultKeymap,
    ]),
  ];
}

/**
 * Typing over a selection is done here: the browser would keep the style of what was
 * there in a style attribute, which the page's policy forbids and reports.
 */
function overwrite(event, view) {
  const { main } = view.state.selection;
  if (event.inputType !== "insertText" || main.empty || !event.data) return false;
  const put = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, main.from, main.to, event.data, put))) view.dispatch(put());
  return true;
}

/** Put another text in the field, as one step that can be undone. */
export function write(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}
