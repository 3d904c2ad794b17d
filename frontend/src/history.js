// The queries that were run in this browser, latest first.
const KEY = "queries";
const KEPT = 30;

function kept() {
  try {
    const queries = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(queries) ? queries.filter((query) => typeof query === "string") : [];
  } catch {
    return [];
  }
}

function keep(queries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(queries));
  } catch {
    // A browser may allow no storage; there is no history then.
  }
}

export function queryHistory(section, open) {
  const list = section.querySelector("ul");
  function show() {
    const queries = kept();
    section.hidden = queries.length === 0;
    list.replaceChildren(...queries.map((query) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "kept-query";
      button.textContent = query.replace(/^\s*PREFIX\s+\S+\s+\S+\s*$/gim, "").trim().slice(0, 160);
      button.title = "Put this query into the editor";
      button.addEventListener("click", () => open(query));
      item.append(button);
      return item;
    }));
  }
  section.querySelector("#forget").addEventListener("click", () => {
    keep([]);
    show();
  });
  show();
  return {
    add(query) {
      keep([query, ...kept().filter((other) => other !== query)].slice(0, KEPT));
      show();
    },
  };
}
