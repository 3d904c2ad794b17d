// The query editor: CodeMirror replaces the textarea of a form that also works without it.
import { closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import { completion, declaration } from "./completion.js";
import { queryHistory } from "./history.js";
import { mistakeMark, showMistake } from "./mistake.js";

const form = document.getElementById("editor");
const textarea = document.getElementById("query");
const resultElement = document.getElementById("result");
const cancelButton = document.getElementById("cancel");
const elapsed = document.getElementById("elapsed");
const prefixes = JSON.parse(form.dataset.prefixes);
const terms = Object.entries(JSON.parse(form.dataset.terms)).map(([label, info]) => ({
  label, info, type: "property",
}));
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

// The query that is running; another one, or the reader, ends it.
let running = null;

// Shows how long a query has been running, and a button that ends it, also on the server.
function showTime() {
  const started = performance.now();
  const show = () => {
    elapsed.textContent = `Running for ${((performance.now() - started) / 1000).toFixed(1)} s`;
  };
  show();
  cancelButton.hidden = elapsed.hidden = false;
  const timer = setInterval(show, 100);
  return () => {
    clearInterval(timer);
    cancelButton.hidden = true;
    elapsed.textContent = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  };
}

// The form and the order of the result, which the address of the page keeps.
function choiceIn(parameters) {
  return ["view", "sort", "order"].filter((name) => parameters.get(name))
    .map((name) => [name, parameters.get(name)]);
}

async function execute(choice) {
  const query = view.state.doc.toString();
  const parameters = new URLSearchParams([["query", query], ...choice]);
  running?.abort();
  const controller = running = new AbortController();
  const stop = showTime();
  resultElement.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(parameters);
    body.set("part", "result");
    // Closing the connection ends the query on the server.
    const response = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "text/html" }, signal: controller.signal,
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    resultElement.replaceChildren(...(page.querySelector("main") ?? page.body).childNodes);
    const mistake = resultElement.querySelector("[data-line]");
    if (mistake) showMistake(view, Number(mistake.dataset.line), Number(mistake.dataset.column));
    else if (response.ok) kept.add(query);
    // The address of the page now contains the query, so that it can be shared.
    const address = `${form.action}?${parameters}`;
    if (address.length < 8000) window.history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") resultElement.textContent = "The server could not be reached.";
    else if (running === controller) resultElement.textContent = "The query was cancelled.";
  } finally {
    if (running === controller) {
      running = null;
      stop();
      resultElement.removeAttribute("aria-busy");
    }
  }
}

function run() {
  execute(choiceIn(new URL(location.href).searchParams));
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
      completion({ prefixes, terms, searchAddress: form.dataset.search }), mistakeMark,
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

function open(text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  view.focus();
  view.dom.scrollIntoView({ block: "center" });
}

const kept = queryHistory(document.getElementById("history"), open);
cancelButton.addEventListener("click", () => running?.abort());

resultElement.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-choice], a[data-declaration]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.declaration) {
    const [, prefix, iri] = /PREFIX\s+([\w-]*):\s*<(.*)>/.exec(link.dataset.declaration);
    const added = declaration(view.state.doc.toString(), prefix, iri);
    if (added) view.dispatch({ changes: added });
    run();
  } else {
    execute(choiceIn(new URL(link.href).searchParams));
  }
});

document.querySelectorAll("[data-example]").forEach((link) => {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    open(page.querySelector("#sparql pre").textContent);
  });
});

const shown = resultElement.querySelector("[data-line]");
if (shown) showMistake(view, Number(shown.dataset.line), Number(shown.dataset.column));
