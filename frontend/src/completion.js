// Completion in the query editor: variables of the query, terms of the vocabularies with the
// declaration of their prefix, keywords, and resources by name.
import {
  autocompletion, closeCompletion, completionStatus, pickedCompletion, selectedCompletion,
} from "@codemirror/autocomplete";
import { Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";

const keywords = ("SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS BIND VALUES GROUP BY ORDER " +
  "HAVING LIMIT OFFSET COUNT SUM AVG MIN MAX SAMPLE CONSTRUCT DESCRIBE ASK PREFIX DESC ASC YEAR " +
  "COALESCE EXISTS NOT IN LANG STR CONTAINS STRSTARTS REGEX IF BOUND ROUND GRAPH AS")
  .split(" ").map((label) => ({ label, type: "keyword" }));
// Terms of other vocabularies that queries on this record often need.
const otherTerms = ("rdfs:label dcterms:title dcterms:date dcterms:subject skos:prefLabel " +
  "skos:altLabel skos:broader prov:wasDerivedFrom prov:wasQuotedFrom xsd:date xsd:integer")
  .split(" ").map((label) => ({ label, type: "property" }));

// Returns the change that declares a prefix at the beginning of a query, null if it is declared.
export function declaration(text, prefix, iri) {
  const declared = new RegExp(`PREFIX\\s+${prefix.replace("-", "\\-")}:`, "i").test(text);
  return declared || !iri ? null : { from: 0, insert: `PREFIX ${prefix}: <${iri}>\n` };
}

export function completion({ prefixes, terms, searchAddress }) {
  // Inserts a term, and in the same step the declaration of its prefix.
  function insertTerm(view, option, from, to) {
    const prefix = option.label.split(":")[0];
    const added = declaration(view.state.doc.toString(), prefix, prefixes[prefix]);
    const end = from + option.label.length + (added ? added.insert.length : 0);
    view.dispatch({
      changes: [...(added ? [added] : []), { from, to, insert: option.label }],
      selection: { anchor: end },
      annotations: pickedCompletion.of(option),
      userEvent: "input.complete",
    });
  }
  const known = new Set(terms.map((term) => term.label));
  const options = [...terms, ...otherTerms.filter((term) => !known.has(term.label))]
    .map((term) => ({ ...term, apply: insertTerm }));

  async function resources(match) {
    const parameters = new URLSearchParams({ q: match.text.slice(1), limit: 12 });
    const response = await fetch(`${searchAddress}?${parameters}`, {
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

  // "?v" suggests variables, "PREFIX u" whole declarations, "unv:" terms, "<india" resources.
  function complete(context) {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return variables(context, variable);
    const name = context.matchBefore(/[\w-]+:[\w-]*/);
    if (name) return { from: name.from, options, validFor: /^[\w-]*:[\w-]*$/ };
    const declared = context.matchBefore(/PREFIX\s+[\w-]*/i);
    if (declared) {
      const from = declared.from + declared.text.search(/\s\S*$/) + 1;
      return {
        from,
        options: Object.entries(prefixes).map(([prefix, iri]) => ({
          label: `${prefix}: <${iri}>`, type: "namespace",
        })),
      };
    }
    const iri = context.matchBefore(/<[^<>\s]{2,}/);
    if (iri) return resources(iri);
    const word = context.matchBefore(/\w+/);
    if (!word && !context.explicit) return null;
    return { from: word ? word.from : context.pos, options: [...keywords, ...options] };
  }

  return [
    // Enter after a variable begins a new line, unless another variable is chosen with the arrows.
    Prec.highest(keymap.of([{
      key: "Enter",
      run(view) {
        const chosen = selectedCompletion(view.state);
        if (completionStatus(view.state) === "active" && chosen?.type === "typed") closeCompletion(view);
        return false;
      },
    }])),
    autocompletion({ override: [complete] }),
  ];
}

// What is typed comes first, so that it stays as it is.
function variables(context, match) {
  const text = context.state.doc.toString();
  const others = text.slice(0, match.from) + text.slice(context.pos);
  const names = new Set(others.match(/[?$]\w+/g));
  names.delete(match.text);
  const found = [...names].filter((name) => name.startsWith(match.text)).sort();
  if (!found.length) return null;
  return {
    from: match.from,
    filter: false,
    options: [
      { label: match.text, type: "typed" },
      ...found.map((label) => ({ label, type: "variable" })),
    ],
  };
}
