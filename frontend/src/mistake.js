// The mark at the place of a mistake in a query; it disappears with the next change.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

const markMistake = StateEffect.define();
const field = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let current = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (effect.is(markMistake)) current = effect.value;
    }
    return current;
  },
  provide: (marks) => EditorView.decorations.from(marks),
});

export const mistakeMark = [
  field,
  EditorView.baseTheme({
    ".cm-mistake": {
      textDecoration: "underline wavy var(--no) 0.12em", textUnderlineOffset: "0.2em",
      background: "var(--mark)",
    },
  }),
];

// Marks the word at a line and column, both counted from 1, and moves the cursor there.
export function showMistake(view, line, column) {
  const { doc } = view.state;
  if (line < 1 || line > doc.lines) return;
  const at = doc.line(line);
  const start = Math.min(at.from + column - 1, at.to);
  const word = /^[?$<]?[\w:/.#>-]+|^\S/.exec(doc.sliceString(start, at.to));
  // At the end of a line there is nothing to mark but the character before.
  const range = word ? [start, start + word[0].length] : [Math.max(start - 1, at.from), start];
  const marks = range[0] < range[1]
    ? Decoration.set([Decoration.mark({ class: "cm-mistake" }).range(...range)])
    : Decoration.none;
  view.dispatch({
    effects: [markMistake.of(marks), EditorView.scrollIntoView(start)],
    selection: { anchor: start },
  });
}
