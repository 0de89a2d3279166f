/* A map of memories: their vectors projected to the plane. Memories that say similar things are near each other. */

import { read } from "./api.js";
import { excerpt, formatMinute, formatNumber, h, note, replace } from "./dom.js";
import { choice } from "./parts.js";
import { go, own } from "./state.js";

const MARGIN = 18;
const REACH = 24;
let data = null;
let colouring = "tier";
let canvas = null;
let tip = null;
let legend = null;
let chosen = -1;
let watcher = null;

export async function show(box) {
  data = await read("map", own());
  chosen = -1;
  const tools = h("div.line");
  const drawTools = () =>
    replace(
      tools,
      h("span.faint", "coloured by"),
      choice("Colour", ["tier", "age", "session"], colouring, (value) => {
        colouring = value;
        drawTools();
        draw();
      }),
      legend,
    );
  legend = h("span.legend");
  box.append(h("div.title.line", h("h1", "Map of memories"), h("span.faint", told())));
  if (!data.points.length) {
    box.append(
      note(
        data.embedder
          ? "No memory has a vector yet."
          : 'There are no vectors: no embedder is configured. Set embedder = "local" in config.toml.',
      ),
    );
    return;
  }
  canvas = h("canvas", {
    tabIndex: 0,
    role: "img",
    "aria-label": `${data.points.length} memories in the plane; arrow keys go from one to the next`,
  });
  tip = h("div.tip", { hidden: true });
  const frame = h("div.map-frame", canvas, tip);
  drawTools();
  box.append(
    tools,
    frame,
    h(
      "p.faint",
      `Principal components of the embeddings; the axes show ${data.explained.map((share) => `${(share * 100).toFixed(0)} %`).join(" and ")} of how they differ. Click a point to open it.`,
    ),
  );
  canvas.addEventListener("mousemove", (event) => point(nearest(event)));
  canvas.addEventListener("mouseleave", () => point(-1));
  canvas.addEventListener("click", () => openChosen());
  if (watcher) watcher.disconnect();
  watcher = new ResizeObserver(() => draw());
  watcher.observe(frame);
}

function told() {
  const missing = data.without_vector ? `; ${formatNumber(data.without_vector)} have no vector yet` : "";
  const shown = formatNumber(data.points.length);
  return data.points.length + data.without_vector < data.total
    ? `${shown} of ${formatNumber(data.total)} memories, evenly sampled${missing}`
    : `${shown} memories${missing}`;
}

function place(item) {
  const wide = canvas.clientWidth - 2 * MARGIN;
  const high = canvas.clientHeight - 2 * MARGIN;
  return [MARGIN + ((item.x + 1) / 2) * wide, MARGIN + ((1 - item.y) / 2) * high];
}

/** Return a colour of the style sheet as the present theme has it. */
function token(name) {
  canvas.style.setProperty("color", `var(${name})`);
  return getComputedStyle(canvas).color;
}

/** Return a colour for each point, and what the colours mean. */
function colours() {
  if (colouring === "tier") {
    const both = { recall: token("--recall"), archival: token("--archival") };
    return { of: (item) => both[item.tier], keys: Object.entries(both) };
  }
  if (colouring === "age") {
    const moments = data.points.map((item) => Date.parse(item.at)).filter(Number.isFinite);
    const [first, last] = moments.reduce(
      ([low, high], moment) => [Math.min(low, moment), Math.max(high, moment)],
      [Infinity, -Infinity],
    );
    const shade = (at) => `hsl(${Math.round(265 - 215 * ((at - first) / Math.max(1, last - first)))} 62% 52%)`;
    const day = (moment) => new Date(moment).toISOString().slice(0, 10);
    const of = (item) => (Number.isFinite(Date.parse(item.at)) ? shade(Date.parse(item.at)) : token("--faint"));
    return {
      of,
      keys: moments.length
        ? [
            [day(first), shade(first)],
            [day(last), shade(last)],
          ]
        : [],
    };
  }
  const sizes = new Map();
  for (const item of data.points) sizes.set(item.session, (sizes.get(item.session) || 0) + 1);
  const largest = [...sizes]
    .filter(([session]) => session)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 8)
    .map(([session]) => session);
  const shades = new Map(
    largest.map((session, number) => [session, `hsl(${(number * 360) / largest.length + 20} 58% 52%)`]),
  );
  return {
    of: (item) => shades.get(item.session) || token("--faint"),
    keys: [...shades, ["others", token("--faint")]],
  };
}

function draw() {
  if (!canvas || !canvas.isConnected || !canvas.clientWidth) return;
  const scale = window.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * scale;
  canvas.height = canvas.clientHeight * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const { of, keys } = colours();
  const radius = data.points.length > 600 ? 2.6 : 4;
  pen.globalAlpha = 0.78;
  for (const item of data.points) {
    const [x, y] = place(item);
    pen.fillStyle = of(item);
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fill();
  }
  if (chosen >= 0) ring(pen, place(data.points[chosen]), radius + 4);
  replace(
    legend,
    keys.map(([name, colour]) => h("span.line", h("span.swatch", { style: { background: colour } }), h("bdi", name))),
  );
}

function ring(pen, [x, y], radius) {
  pen.globalAlpha = 1;
  pen.strokeStyle = token("--text");
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}

function nearest(event) {
  const box = canvas.getBoundingClientRect();
  const [left, top] = [event.clientX - box.left, event.clientY - box.top];
  let [best, found] = [REACH, -1];
  data.points.forEach((item, number) => {
    const [x, y] = place(item);
    const away = Math.hypot(x - left, y - top);
    if (away < best) [best, found] = [away, number];
  });
  return found;
}

function point(number) {
  if (number === chosen) return;
  chosen = number;
  canvas.style.setProperty("cursor", number < 0 ? "default" : "pointer");
  draw();
  tip.hidden = number < 0;
  if (number < 0) return;
  const item = data.points[number];
  replace(
    tip,
    h("span.line", h(`span.tier.${item.tier}`, item.tier), h("span.faint", formatMinute(item.at))),
    excerpt(item.text),
  );
  const [x, y] = place(item);
  const isRight = x > canvas.clientWidth / 2;
  const isLow = y > canvas.clientHeight / 2;
  tip.style.setProperty("left", isRight ? "auto" : `${x + 12}px`);
  tip.style.setProperty("right", isRight ? `${canvas.clientWidth - x + 12}px` : "auto");
  tip.style.setProperty("top", isLow ? "auto" : `${y + 12}px`);
  tip.style.setProperty("bottom", isLow ? `${canvas.clientHeight - y + 12}px` : "auto");
}

function openChosen() {
  if (chosen >= 0) go("search", { id: data.points[chosen].id });
}

/** Answer a key: arrows go through the points from left to right, Enter opens one. */
export function onKey(key) {
  if (!data?.points.length) return false;
  if (key === "Enter") {
    openChosen();
    return true;
  }
  const step = { ArrowDown: 1, ArrowRight: 1, j: 1, ArrowUp: -1, ArrowLeft: -1, k: -1 }[key];
  if (!step) return false;
  const order = data.points.map((_, number) => number).sort((a, b) => data.points[a].x - data.points[b].x);
  const next = order[Math.max(0, Math.min(order.length - 1, order.indexOf(chosen) + step))];
  point(next);
  return true;
}

document.addEventListener("themechange", draw);
