// The query editor: CodeMirror replaces the textarea of a form that also works without it.
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";

const form = document.getElementById("editor");
const textarea = document.getElementById("query");
const resultElement = document.getElementById("result");
const prefixes = JSON.parse(form.dataset.prefixes);
const terms = Object.entries(JSON.parse(form.dataset.terms)).map(([label, info]) => ({
  label, info, type: "property",
}));
const keywords = ("SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS BIND VALUES GROUP BY ORDER " +
  "HAVING LIMIT OFFSET COUNT SUM AVG MIN MAX SAMPLE CONSTRUCT DESCRIBE ASK PREFIX DESC ASC YEAR " +
  "COALESCE EXISTS NOT IN LANG STR CONTAINS STRSTARTS REGEX IF BOUND ROUND GRAPH AS")
  .split(" ").map((label) => ({ label, type: "keyword" }));

// "PREFIX u" suggests whole declarations, "unv:" terms of the ontology, "'india" resources by name.
function complete(context) {
  const name = context.matchBefore(/[\w-]+:[\w-]*/);
  if (name) return { from: name.from, options: terms, validFor: /^[\w-]*:[\w-]*$/ };
  const declaration = context.matchBefore(/PREFIX\s+[\w-]*/i);
  if (declaration) {
    const from = declaration.from + declaration.text.search(/\s\S*$/) + 1;
    return {
      from,
      options: Object.entries(prefixes).map(([prefix, iri]) => ({
        label: `${prefix}: <${iri}>`, type: "namespace",
      })),
    };
  }
  const iri = context.matchBefore(/<[^<>\s]{2,}/);
  if (iri) return searchResults(iri);
  const word = context.matchBefore(/\w+/);
  if (!word && !context.explicit) return null;
  return { from: word ? word.from : context.pos, options: [...keywords, ...terms] };
}

async function searchResults(match) {
  const parameters = new URLSearchParams({ q: match.text.slice(1), limit: 12 });
  const response = await fetch(`${form.dataset.search}?${parameters}`, {
    headers: { Accept: "application/json" },
  });
  if (!response.ok) return null;
  const { results } = await response.json();
  return {
    from: match.from,
    filter: false,
    options: results.map((result) => ({
      label: result.label, detail: result.typeLabel, info: result.description || undefined,
      apply: `<${result.iri}>`, type: "constant",
    })),
  };
}

const highlighting = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: [tags.variableName, tags.definition(tags.variableName)], color: "var(--c4)" },
  { tag: tags.string, color: "var(--c8)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool], color: "var(--c13)" },
]);
const theme = EditorView.theme({
  "&": { fontSize: "0.9rem" },
  ".cm-content": { fontFamily: "var(--mono)", minHeight: "18rem", caretColor: "var(--ink)" },
  ".cm-gutters": { background: "var(--raised)", color: "var(--quiet)", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { background: "var(--mark) !important" },
  ".cm-tooltip": { background: "var(--paper)", color: "var(--ink)", border: "1px solid var(--quiet)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--link)", color: "var(--paper)" },
});

async function run() {
  const query = view.state.doc.toString();
  const address = `${form.action}?${new URLSearchParams({ query })}`;
  resultElement.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams({ query, part: "result" });
    const response = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "text/html" },
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    resultElement.replaceChildren(...(page.querySelector("main") ?? page.body).childNodes);
    // The address of the page now contains the query, so that it can be shared.
    if (address.length < 8000) window.history.replaceState(null, "", address);
  } catch {
    resultElement.textContent = "The server could not be reached.";
  } finally {
    resultElement.removeAttribute("aria-busy");
  }
  return true;
}

function leave(target) {
  target.contentDOM.blur();
  document.getElementById("run").focus();
  return true;
}

const tabs = new Compartment();
const view = new EditorView({
  state: EditorState.create({
    doc: textarea.value,
    extensions: [
      keymap.of([
        { key: "Mod-Enter", run },
        // After Escape, Tab leaves the editor, so that it is not a keyboard trap.
        { key: "Escape", run: leave },
        ...completionKeymap, ...defaultKeymap, ...historyKeymap,
      ].sort((a, b) => (a.key === "Escape" && a.run === leave) - (b.key === "Escape" && b.run === leave))),
      tabs.of(keymap.of([indentWithTab])),
      lineNumbers(), history(), bracketMatching(), closeBrackets(),
      autocompletion({ override: [complete] }),
      sparql(), syntaxHighlighting(highlighting), theme, EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "SPARQL query" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) textarea.value = update.state.doc.toString();
      }),
    ],
  }),
});
const host = document.createElement("div");
host.className = "cm-host";
host.append(view.dom);
textarea.hidden = true;
document.querySelector("label[for=query]").removeAttribute("for");
textarea.after(host);

form.addEventListener("submit", (event) => {
  if (event.submitter && event.submitter.id !== "run") return;
  event.preventDefault();
  run();
});

document.querySelectorAll("[data-example]").forEach((link) => {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const text = page.querySelector("#sparql pre").textContent;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    view.focus();
    view.dom.scrollIntoView({ block: "center" });
  });
});
