// What pages do beyond being read: suggestions while one types, and forms that redraw a part.
// Without it everything works by following links and sending forms.

function suggest(input) {
  const form = input.form;
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  form.append(list);
  const said = document.createElement("span");
  said.className = "hidden";
  said.setAttribute("role", "status");
  form.append(said);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
    ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    input.setAttribute(name, value);
  }
  let chosen = -1;
  let running = null;
  let timer = 0;

  function choose(index) {
    const options = [...list.children];
    chosen = options.length ? (index + options.length) % options.length : -1;
    options.forEach((one, at) => one.setAttribute("aria-selected", at === chosen));
    if (chosen < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
    chosen = -1;
  }

  function show(results) {
    list.replaceChildren(...results.map((one, at) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${at}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.page = one.page;
      const kind = document.createElement("span");
      kind.className = "quiet";
      kind.textContent = ` ${one.typeLabel}`;
      item.append(one.label, kind);
      if (one.description) {
        const more = document.createElement("span");
        more.className = "small";
        more.textContent = one.description.slice(0, 90);
        item.append(more);
      }
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        location.assign(one.page);
      });
      return item;
    }));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.removeAttribute("aria-busy");
    list.hidden = results.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = results.length ? `${results.length} suggestions` : "No suggestions";
  }

  async function ask() {
    running?.abort();
    if (!input.value.trim()) {
      close();
      return;
    }
    running = new AbortController();
    const address = `${form.action}?${new URLSearchParams({ q: input.value, limit: 8 })}`;
    try {
      const answer = await fetch(address, {
        headers: { Accept: "application/json" }, signal: running.signal,
      });
      if (answer.ok) show((await answer.json()).results);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    list.setAttribute("aria-busy", "true");
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (list.hidden) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const start = chosen < 0 && event.key === "ArrowUp" ? 0 : chosen;
      choose(start + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.page);
    }
  });
  input.addEventListener("blur", close);
}

// A form whose answer is a part of its own page: changed in place, the address with it.
function live(form) {
  const redraw = async () => {
    const told = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = new URL(form.getAttribute("action") || "", location.href);
    address.search = new URLSearchParams(told).toString();
    const part = form.dataset.part || (address.hash || "#result").slice(1);
    const shown = document.getElementById(part);
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part) ?? page.querySelector("main");
      history.replaceState(null, "", address);
      const holder = shown.contains(form) ? [...shown.children].filter((one) => one !== form) : null;
      if (holder) {
        const rest = [...fresh.children].filter((one) => !(one instanceof HTMLFormElement));
        const heading = shown.querySelector("h2");
        holder.forEach((one) => one !== heading && one.remove());
        shown.append(...rest.filter((one) => one.tagName !== "H2"));
      } else {
        shown.replaceChildren(...fresh.childNodes);
      }
    } catch {
      form.submit();
    } finally {
      shown.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    redraw();
  });
  form.addEventListener("change", redraw);
}

document.querySelectorAll("[data-suggest]").forEach(suggest);
document.querySelectorAll("form[data-live]").forEach(live);
