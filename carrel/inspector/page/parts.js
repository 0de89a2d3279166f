/* Pieces that several tabs use: score bars, events, memories, lists that are read page by page. */

import { excerpt, formatNumber, h, note, prose, replace, time } from "./dom.js";
import { link } from "./state.js";

/** Return a bar that shows a part of 1, with its number. */
export function scoreBar(name, value) {
  const width = `${Math.max(0, Math.min(1, value)) * 100}%`;
  return h(
    "div.score",
    h("span.label", name),
    h(`span.track.score-${name}`, h("span.fill", { style: { width } })),
    h("span.number", value.toFixed(2)),
  );
}

/** Return the bars of a hit: its parts, then the whole. */
export function scoreBars(score, scores) {
  const parts = ["words", "meaning", "neighbours"].map((name) => scoreBar(name, scores[name] || 0));
  return h("div.scores", scoreBar("score", score), parts);
}

export function turnLink(turn) {
  return turn ? h("a.id", { href: link("context", { turn }), title: "Main context of this turn" }, turn) : null;
}

export function sessionLink(session) {
  return session ? h("a.id", { href: link("timeline", { session }), title: "This session" }, session) : null;
}

export function memoryLink(id) {
  return h("a.id", { href: link("search", { id }), title: "This memory" }, id);
}

/** Return who changed a memory, when and in which turn. */
export function eventLine(event) {
  if (!event) return h("span.faint", "from the beginning");
  return h(
    "span.event",
    time(event.at),
    " ",
    h("span.op", event.op),
    ` by ${event.actor}`,
    event.turn ? " in " : "",
    turnLink(event.turn),
  );
}

/** Return the lines of a diff, marked as added or removed. */
export function diffLines(lines) {
  const kinds = { "+": "added", "-": "removed", "@": "place" };
  return h(
    "div.diff",
    lines.map((line) => h(`div.line.${kinds[line[0]] || "same"}`, { dir: "auto" }, line)),
  );
}

/** Return a message of a conversation; `mark` names a class more. */
export function messageRow(message, mark = "") {
  const who = message.speaker || (message.role === "tool" ? message.tool : message.role);
  const calls = message.calls.map((call) =>
    h("div.call", h("b", call.name), " ", h("code", { dir: "auto" }, call.arguments)),
  );
  return h(
    `article.message.${message.role}${mark}`,
    { dataset: { n: message.n } },
    h(
      "div.meta",
      h("bdi.who", who),
      message.ok === false ? h("span.tag.bad", "failed") : null,
      time(message.at),
      memoryLink(message.id),
      turnLink(message.turn),
      h("span.faint", `${formatNumber(message.tokens)} tokens`),
    ),
    message.text || !calls.length ? prose(message.text) : null,
    calls,
  );
}

/** Return a list that loads one more page each time its button is pressed. `load(cursor)` gives {rows, older}. */
export function pagedList(load, { empty = "Nothing yet.", more = "Older" } = {}) {
  const list = h("div.list", { role: "list" });
  const button = h("button.more", { type: "button", hidden: true }, more);
  const box = h("div.paged", list, button);
  let cursor = null;
  async function next() {
    button.disabled = true;
    try {
      const page = await load(cursor);
      list.append(...page.rows);
      cursor = page.older;
      button.hidden = cursor === null;
      if (!list.children.length) replace(list, note(empty));
    } finally {
      button.disabled = false;
    }
  }
  button.addEventListener("click", () => next());
  return { box, list, next };
}

/** Move the choice in a list by some places, scroll to it and press it. */
export function moveChoice(list, by) {
  const rows = [...list.querySelectorAll("[data-row]")];
  if (!rows.length) return null;
  const now = rows.findIndex((row) => row.classList.contains("chosen"));
  const row = rows[Math.max(0, Math.min(rows.length - 1, now + by))];
  row.scrollIntoView({ block: "nearest" });
  row.click();
  return row;
}

export function choose(list, row) {
  for (const other of list.querySelectorAll(".chosen")) other.classList.remove("chosen");
  if (row) row.classList.add("chosen");
}

/** Return a choice between a few values, as buttons in a row. */
export function choice(name, values, chosen, pick) {
  const buttons = values.map((value) =>
    h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => pick(value) }, value),
  );
  return h("div.choice", { role: "group", "aria-label": name }, buttons);
}

/** Return a function that awaits an answer, and gives null instead of one that another request has overtaken. */
export function newestOnly() {
  let count = 0;
  return async (answer) => {
    count += 1;
    const mine = count;
    const value = await answer;
    return mine === count ? value : null;
  };
}

/** Return what an error says and what to do. */
export function failure(error) {
  return h(
    "div.failure",
    { role: "alert" },
    h("strong", error.message),
    error.hint ? h("span", ` ${error.hint}`) : null,
  );
}

export { excerpt };
