/* Main context of any turn: what the model was sent, against the budget, and what the turn did. */

import { read } from "./api.js";
import { excerpt, formatNumber, h, heading, note, prose, replace, time } from "./dom.js";
import { choose, eventLine, memoryLink, messageRow, moveChoice, newestOnly, pagedList, sessionLink } from "./parts.js";
import { amend, link, own } from "./state.js";

export const PARTS = ["instructions", "tools", "core", "summary", "queue", "recalled", "tail"];
let turns = null;
let now = null;
let detail = null;
let part = "queue";
const newest = newestOnly();

export async function show(box, parameters) {
  detail = h("section.detail");
  turns = pagedList(loadTurns, { empty: "No turn yet. Say something: carrel chat" });
  box.append(h("div.split", h("aside.side", { "aria-label": "Turns" }, heading("Turns"), turns.box), detail));
  await turns.next();
  if (!turns.list.querySelector("[data-row]")) {
    replace(detail, note("The model was not asked yet."));
    return;
  }
  await open(parameters.turn || "last", parameters.step);
}

async function loadTurns(before) {
  const page = await read("turns", own({ before }));
  return { rows: page.turns.map((turn) => turnRow(turn, page.window, (id) => open(id))), older: page.older };
}

/** Return a turn of a list. */
export function turnRow(turn, window, pick) {
  const width = `${Math.min(100, (turn.tokens / window) * 100)}%`;
  const row = h(
    "button.row",
    { type: "button", role: "listitem", dataset: { row: turn.id }, onclick: () => pick(turn.id) },
    h(
      "span.line",
      time(turn.started),
      turn.state === "complete" ? null : h("span.tag.bad", turn.state),
      h("span.grow"),
      h("span.faint", turn.steps > 1 ? `${turn.steps} steps` : ""),
    ),
    excerpt(turn.message),
    h(
      "span.thin",
      { title: `${formatNumber(turn.tokens)} of ${formatNumber(window)} tokens` },
      h("span", { style: { width } }),
    ),
  );
  return row;
}

function mark(turn) {
  const row = turns.list.querySelector(`[data-row="${CSS.escape(turn)}"]`);
  if (row) choose(turns.list, row);
}

async function open(turn, step = null) {
  mark(turn);
  const found = await newest(read("context", own({ turn, step })));
  if (!found) return;
  now = found;
  mark(now.turn);
  amend({ turn: now.turn, step: now.step === now.steps[now.steps.length - 1] ? null : now.step });
  draw();
}

function draw() {
  replace(
    detail,
    title(),
    gauge(now, part, (name) => {
      part = name;
      draw();
    }),
    partText(now, part),
    h("div.columns", list("Entered", now.entered, "Nothing entered."), list("Left", now.left, "Nothing left.")),
    conversation(),
    writes(),
  );
}

function title() {
  const steps = now.steps.map((step) =>
    h(
      "button",
      { type: "button", "aria-pressed": String(step === now.step), onclick: () => open(now.turn, step) },
      String(step),
    ),
  );
  return h(
    "div.title",
    h(
      "div.line",
      h(
        "button.icon",
        {
          type: "button",
          title: "The turn before ([)",
          "aria-label": "The turn before",
          disabled: !now.previous,
          onclick: () => open(now.previous),
        },
        "‹",
      ),
      h(
        "button.icon",
        {
          type: "button",
          title: "The turn after (])",
          "aria-label": "The turn after",
          disabled: !now.next,
          onclick: () => open(now.next),
        },
        "›",
      ),
      h("h1", "Main context"),
      time(now.at),
      h("span.id", now.turn),
    ),
    h(
      "div.line.facts",
      "step",
      h("div.choice", { role: "group", "aria-label": "Step" }, steps),
      h("span", "session ", sessionLink(now.session)),
      h("span", "model ", h("bdi", now.model)),
      h("a", { href: link("why", { turn: now.turn }) }, "why this reply"),
    ),
  );
}

/** Return the stacked bar of a context against its window, and what its parts are called. */
export function gauge(data, chosen, pick) {
  const spent = PARTS.map((name) => [name, data.account[name] || 0]);
  const total = Math.max(
    data.window,
    spent.reduce((sum, [, size]) => sum + size, data.reserve),
  );
  const wide = (size) => `${(size / total) * 100}%`;
  const segments = spent
    .filter(([, size]) => size > 0)
    .map(([name, size]) =>
      h(`button.segment.part-${name}${name === chosen ? ".chosen" : ""}`, {
        type: "button",
        style: { width: wide(size) },
        title: `${name}: ${formatNumber(size)} tokens`,
        "aria-label": name,
        onclick: () => pick(name),
      }),
    );
  const marks = [
    ["warn", data.warn],
    ["flush", data.flush],
  ].map(([name, at]) =>
    h(`span.mark.${name}`, { style: { left: wide(at) }, title: `${name}: ${formatNumber(at)} tokens` }),
  );
  const keys = spent.map(([name, size]) =>
    h(
      `button.key${name === chosen ? ".chosen" : ""}`,
      { type: "button", disabled: !size, onclick: () => pick(name), dataset: { part: name } },
      h(`span.swatch.part-${name}`),
      h("span", name),
      h("span.number", formatNumber(size)),
      h("span.faint", `${((size / data.window) * 100).toFixed(1)} %`),
    ),
  );
  return h(
    "section.gauge",
    h(
      "div.bar",
      segments,
      h("span.free"),
      h("span.segment.part-reserve", {
        style: { width: wide(data.reserve) },
        title: `reply (kept free): ${formatNumber(data.reserve)} tokens`,
      }),
      marks,
    ),
    h(
      "div.keys",
      keys,
      h("span.key", h("span.swatch.part-reserve"), "reply (kept free)", h("span.number", formatNumber(data.reserve))),
    ),
    h(
      "p.faint",
      `${formatNumber(data.counted)} of ${formatNumber(data.window)} tokens by Carrel's count; ${reported(data)}. Warning at ${formatNumber(data.warn)}, flush at ${formatNumber(data.flush)}.`,
    ),
  );
}

function reported(data) {
  if (!data.reported) return "the server reported nothing";
  const cached = data.cached ? `, ${formatNumber(data.cached)} of them from its cache` : "";
  return `the server read ${formatNumber(data.reported)}${cached}`;
}

function partText(data, name) {
  const content = data.parts[name];
  let body = prose(content, "This part is empty.");
  if (name === "queue")
    body = content.length
      ? h(
          "div",
          content.map((message) =>
            h(`article.message.${message.role}`, h("div.meta", h("span.who", message.role)), prose(message.text)),
          ),
        )
      : note("The queue is empty.");
  if (name === "tools")
    body = content.length
      ? h(
          "div",
          content.map((tool) =>
            h(
              "details",
              h("summary", h("code", tool.name), " ", excerpt(tool.description || "", "")),
              h("pre", JSON.stringify(tool.parameters, null, 2)),
            ),
          ),
        )
      : note("No tools were offered.");
  return h(
    "section.part",
    heading(name, data.account[name]),
    h("div.scroll", { tabIndex: 0, role: "region", "aria-label": name }, body),
  );
}

function list(name, entries, empty) {
  const rows = entries.map((entry) =>
    h(
      "div.entry",
      h(`span.swatch.part-${entry.part}`, { title: entry.part }),
      h("span.label", entry.role || entry.part),
      excerpt(entry.text),
    ),
  );
  return h(
    "section",
    heading(name, entries.length),
    now.compared_with || name === "Left" ? null : h("p.faint", "This is the first request of its session."),
    rows.length ? h("div.entries", rows) : note(empty),
  );
}

function conversation() {
  return h(
    "section",
    heading("Said and called in this turn", now.messages.length),
    now.messages.map((message) => messageRow(message)),
  );
}

function writes() {
  const rows = now.writes.map((event) =>
    h(
      "div.write",
      h("div.line", memoryRef(event), eventLine({ ...event, turn: null })),
      event.before && event.after
        ? [
            h("div.removed.line-text", { dir: "auto" }, event.before),
            h("div.added.line-text", { dir: "auto" }, event.after),
          ]
        : prose(event.after || event.before),
    ),
  );
  return h(
    "section",
    heading("Written to memory", rows.length),
    rows.length ? rows : note("This turn changed nothing in memory."),
  );
}

function memoryRef(event) {
  return event.tier === "core"
    ? h("a.id", { href: link("core", { label: event.ref }) }, event.ref)
    : memoryLink(event.ref);
}

/** Answer a key; return whether it was one of this tab's. */
export function onKey(key) {
  if (key === "j" || key === "k") return moveChoice(turns.list, key === "j" ? 1 : -1) !== null;
  if (key === "[" && now?.previous) open(now.previous);
  else if (key === "]" && now?.next) open(now.next);
  else return false;
  return true;
}
