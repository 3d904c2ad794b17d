// Makes maps of the pages interactive: zoom, selection by pointer and keyboard, the way to a state.
// Without this script a map is a picture with a text alternative, and lists below it have links.

const MAX_ZOOM = 12;
const STEP = 1.6;
// Pixels: the distance from a circle at which a pointer selects it, and one by which a drag begins.
const NEAR = 9;
const DRAG = 4;
// Milliseconds after which a letter begins a new name.
const TYPING_PAUSE_MS = 900;

function button(label, text, action) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.setAttribute("aria-label", label);
  element.addEventListener("click", action);
  return element;
}

// The states on a map: their shapes, what is known of each, and the middle of the largest shape.
function placesOf(svg) {
  const places = new Map();
  for (const shape of svg.querySelectorAll("[data-state]")) {
    const keys = shape.dataset.state;
    const place = places.get(keys) ?? { keys: keys.split(" "), shapes: [], area: -1 };
    const box = shape.getBBox();
    if (box.width * box.height > place.area) {
      place.area = box.width * box.height;
      place.x = box.x + box.width / 2;
      place.y = box.y + box.height / 2;
      place.text = shape.querySelector("title")?.textContent ?? keys;
    }
    place.shapes.push(shape);
    places.set(keys, place);
  }
  return [...places.values()];
}

function enhance(frame) {
  if (frame.dataset.ready) return;
  frame.dataset.ready = "true";
  const svg = frame.querySelector("svg.map");
  const places = placesOf(svg);
  const byShape = new Map(places.flatMap((place) => place.shapes.map((shape) => [shape, place])));
  const circles = [...svg.querySelectorAll("circle[data-state]")];
  // The style sheet makes circles larger on a phone.
  const radius = circles.length ? parseFloat(getComputedStyle(circles[0]).r) : 0;
  const { x, y, width, height } = svg.viewBox.baseVal;
  const whole = { x, y, width, height };
  let view = { ...whole };
  let selected = null;

  const tools = document.createElement("div");
  tools.className = "map-tools";
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "map-status";
  const hint = matchMedia("(pointer: coarse)").matches
    ? "Tap a state to see its position."
    : "Select a state with the pointer or the arrow keys; Enter opens its page.";
  status.textContent = hint;

  function show(next) {
    view = next;
    view.x = Math.min(Math.max(view.x, whole.x), whole.x + whole.width - view.width);
    view.y = Math.min(Math.max(view.y, whole.y), whole.y + whole.height - view.height);
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    // Circles keep their size on the screen while the land grows.
    const scale = Math.sqrt(view.width / whole.width) * (view.width / whole.width) ** 0.25;
    for (const circle of circles) circle.style.r = `${radius * scale}px`;
    frame.classList.toggle("zoomed", view.width < whole.width);
  }

  function zoom(factor, center = selected ?? middle()) {
    const size = Math.min(Math.max(view.width / factor, whole.width / MAX_ZOOM), whole.width);
    const rate = size / view.width;
    show({
      x: center.x - (center.x - view.x) * rate,
      y: center.y - (center.y - view.y) * rate,
      width: size,
      height: view.height * rate,
    });
  }

  const middle = () => ({ x: view.x + view.width / 2, y: view.y + view.height / 2 });

  function pointOf(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  }

  function describe(place) {
    status.textContent = "";
    if (!place) return;
    status.append(`${place.text} `);
    for (const key of place.keys) {
      const link = document.createElement("a");
      link.href = frame.dataset.states + key;
      link.textContent = place.keys.length > 1 ? `page of ${key}` : "page of the state";
      status.append(link, " ");
    }
  }

  function select(place) {
    selected?.shapes.forEach((shape) => shape.classList.remove("selected"));
    selected = place;
    if (!place) {
      status.textContent = hint;
      return;
    }
    place.shapes.forEach((shape) => shape.classList.add("selected"));
    describe(place);
    const isInView = place.x > view.x && place.x < view.x + view.width
      && place.y > view.y && place.y < view.y + view.height;
    if (!isInView) show({ ...view, x: place.x - view.width / 2, y: place.y - view.height / 2 });
  }

  function open(place) {
    if (place.keys.length === 1) location.assign(frame.dataset.states + place.keys[0]);
    else select(place);
  }

  // The place at a pointer: a circle in reach comes first, because land lies behind it.
  function placeAt(event) {
    let best = null;
    let least = NEAR;
    for (const circle of circles) {
      const box = circle.getBoundingClientRect();
      const distance = Math.hypot(
        box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY,
      ) - box.width / 2;
      if (distance < least) [best, least] = [circle, distance];
    }
    return byShape.get(best ?? event.target) ?? null;
  }

  // The nearest place in the direction of an arrow key, measured so that straight ahead is best.
  function next(dx, dy) {
    const from = selected ?? middle();
    let best = null;
    let least = Infinity;
    for (const place of places) {
      const ahead = (place.x - from.x) * dx + (place.y - from.y) * dy;
      const aside = Math.abs((place.x - from.x) * dy) + Math.abs((place.y - from.y) * dx);
      if (place === selected || ahead <= 0 || aside > 2 * ahead) continue;
      if (ahead + 2 * aside < least) [best, least] = [place, ahead + 2 * aside];
    }
    return best ?? selected;
  }

  let typed = "";
  let typedAt = 0;
  function find(letter) {
    typed = performance.now() - typedAt > TYPING_PAUSE_MS ? letter : typed + letter;
    typedAt = performance.now();
    return places.find((place) => place.text.toLowerCase().startsWith(typed)) ?? selected;
  }

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrows[event.key]) select(next(...arrows[event.key]));
    else if (event.key === "Enter" && selected) open(selected);
    else if (event.key === "Escape" && (selected || view.width < whole.width)) {
      select(null);
      show({ ...whole });
    } else if (event.key === "+" || event.key === "=") zoom(STEP);
    else if (event.key === "-") zoom(1 / STEP);
    else if (/^\p{L}$/u.test(event.key)) select(find(event.key.toLowerCase()));
    else return;
    event.preventDefault();
  });
  svg.addEventListener("wheel", (event) => {
    // Without a key the wheel scrolls the page; a pinch on a touchpad has it.
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, pointOf(event));
  }, { passive: false });

  let drag = null;
  svg.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, view: { ...view }, moved: false };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) {
      if (event.pointerType === "mouse") describe(placeAt(event) ?? selected);
      return;
    }
    const scale = view.width / svg.clientWidth;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (Math.hypot(dx, dy) > DRAG) drag.moved = true;
    if (drag.moved && frame.classList.contains("zoomed")) {
      svg.setPointerCapture(event.pointerId);
      show({ ...drag.view, x: drag.view.x - dx * scale, y: drag.view.y - dy * scale });
    }
  });
  svg.addEventListener("pointerup", (event) => {
    const isClick = drag && !drag.moved;
    drag = null;
    if (!isClick) return;
    const place = placeAt(event);
    // A finger hides what it selects, so it selects first; the status has the link.
    if (place && event.pointerType === "mouse" && event.button === 0) open(place);
    else select(place);
  });
  for (const name of ["pointercancel", "pointerleave"]) {
    svg.addEventListener(name, () => { drag = null; });
  }

  tools.append(
    button("Zoom in", "+", () => zoom(STEP)),
    button("Zoom out", "−", () => zoom(1 / STEP)),
    button("Whole map", "Whole map", () => show({ ...whole })),
    status,
  );
  frame.append(tools);
  svg.tabIndex = 0;
  svg.setAttribute("role", "application");
}

const enhanceAll = () => document.querySelectorAll(".map-frame").forEach(enhance);
enhanceAll();
document.addEventListener("part-updated", enhanceAll);
