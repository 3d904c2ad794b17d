// Enhancements of the pages: suggestions while typing, and forms that update a part of the page.
// Without scripts everything works with links and plain forms.

// Milliseconds without a key press after which suggestions are requested.
const SUGGESTION_DELAY_MS = 120;

function suggest(input) {
  const form = input.form;
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  form.append(list);
  const status = document.createElement("span");
  status.className = "hidden";
  status.setAttribute("role", "status");
  form.append(status);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
    ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    input.setAttribute(name, value);
  }
  let selected = -1;
  let pending = null;
  let timer = 0;

  function select(index) {
    const options = [...list.children];
    selected = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, i) => option.setAttribute("aria-selected", i === selected));
    if (selected < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", options[selected].id);
      options[selected].scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    select(-1);
    selected = -1;
  }

  function show(results) {
    list.replaceChildren(...results.map((result, i) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.page = result.page;
      const kind = document.createElement("span");
      kind.className = "muted";
      kind.textContent = ` ${result.typeLabel}`;
      item.append(result.label, kind);
      if (result.description) {
        const description = document.createElement("span");
        description.className = "small";
        description.textContent = result.description.slice(0, 90);
        item.append(description);
      }
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        location.assign(result.page);
      });
      return item;
    }));
    selected = -1;
    input.removeAttribute("aria-activedescendant");
    list.removeAttribute("aria-busy");
    list.hidden = results.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = results.length ? `${results.length} suggestions` : "No suggestions";
  }

  async function search() {
    pending?.abort();
    if (!input.value.trim()) {
      close();
      return;
    }
    pending = new AbortController();
    const address = `${form.action}?${new URLSearchParams({ q: input.value, limit: 8 })}`;
    try {
      const response = await fetch(address, {
        headers: { Accept: "application/json" }, signal: pending.signal,
      });
      if (response.ok) show((await response.json()).results);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    list.setAttribute("aria-busy", "true");
    timer = setTimeout(search, SUGGESTION_DELAY_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (list.hidden) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const start = selected < 0 && event.key === "ArrowUp" ? 0 : selected;
      select(start + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      location.assign(list.children[selected].dataset.page);
    }
  });
  input.addEventListener("blur", close);
}

// A form whose result is part of its own page: the result is replaced, and the address updated.
function updateInPlace(form) {
  const update = async () => {
    const fields = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = new URL(form.getAttribute("action") || "", location.href);
    address.search = new URLSearchParams(fields).toString();
    const id = form.dataset.part || (address.hash || "#result").slice(1);
    const current = document.getElementById(id);
    current.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const updated = page.getElementById(id) ?? page.querySelector("main");
      history.replaceState(null, "", address);
      const replaced = current.contains(form) ? [...current.children].filter((child) => child !== form) : null;
      if (replaced) {
        const rest = [...updated.children].filter((child) => !(child instanceof HTMLFormElement));
        const heading = current.querySelector("h2");
        replaced.forEach((child) => child !== heading && child.remove());
        heading?.replaceChildren(...(updated.querySelector("h2")?.childNodes ?? []));
        current.append(...rest.filter((child) => child.tagName !== "H2"));
      } else {
        current.replaceChildren(...updated.childNodes);
      }
      current.dispatchEvent(new CustomEvent("part-updated", { bubbles: true }));
    } catch {
      form.submit();
    } finally {
      current.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    update();
  });
  form.addEventListener("change", update);
}

// A form with a query whose rows are shown in place, instead of on the page of the result.
function runInPlace(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const rows = document.getElementById(form.dataset.run);
    const button = form.querySelector("button");
    rows.setAttribute("aria-busy", "true");
    button.disabled = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      body.set("part", "result");
      const response = await fetch(form.action, {
        method: "POST", body, headers: { Accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      rows.replaceChildren(...(page.querySelector("main") ?? page.body).childNodes);
    } catch {
      form.submit();
    } finally {
      rows.removeAttribute("aria-busy");
      button.disabled = false;
    }
  });
}

document.querySelectorAll("[data-run]").forEach(runInPlace);
document.querySelectorAll("[data-suggest]").forEach(suggest);
document.querySelectorAll("form[data-live]").forEach(updateInPlace);
