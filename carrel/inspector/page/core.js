/* Core memory: its blocks, who wrote each line, how they changed, and their editing in place. */

import { read, write } from "./api.js";
import { formatNumber, h, heading, note, replace } from "./dom.js";
import { diffLines, eventLine, failure } from "./parts.js";
import { own, state } from "./state.js";

let container = null;

export async function show(box, parameters) {
  container = h("div.blocks");
  box.append(h("h1", "Core memory"), container);
  await draw();
  const wanted = parameters.label && container.querySelector(`[data-row="${CSS.escape(parameters.label)}"]`);
  if (wanted) setTimeout(() => wanted.scrollIntoView(), 0);
}

async function draw() {
  const data = await read("core", own());
  replace(container, data.blocks.length ? data.blocks.map(card) : note("This agent has no blocks."));
}

function card(block) {
  const body = h("div.body");
  const history = h("details.history", h("summary", "History"));
  history.addEventListener("toggle", () => {
    if (history.open) loadHistory(history, block.label);
  });
  const node = h(
    "section.block",
    { dataset: { row: block.label } },
    h(
      "div.line.head",
      h("h2", h("bdi", block.label)),
      block.description ? h("bdi.faint", block.description) : null,
      block.pinned ? h("span.tag", "pinned") : null,
      h("span.grow"),
      meter(block),
      buttons(block, body),
    ),
    body,
    history,
  );
  replace(body, blame(block));
  return node;
}

function meter(block) {
  const share = Math.min(1, block.value.length / block.limit);
  return h(
    "span.meter",
    { title: "characters of the limit" },
    h("span.track", h(`span.fill${share > 0.9 ? ".full" : ""}`, { style: { width: `${share * 100}%` } })),
    h("span.number", `${formatNumber(block.value.length)} of ${formatNumber(block.limit)}`),
  );
}

function buttons(block, body) {
  if (!state.writable) return null;
  return h(
    "span.line",
    h("button", { type: "button", onclick: () => edit(block, body) }, "Edit"),
    h(
      "button",
      { type: "button", onclick: () => change(body, "pin", { id: block.label, pinned: !block.pinned }) },
      block.pinned ? "Unpin" : "Pin",
    ),
  );
}

/** Return the lines of a block, each with the change that wrote it. */
function blame(block) {
  if (!block.lines.length) return note("(empty)");
  return h(
    "div.blame",
    block.lines.map((line) =>
      h("div.blamed", h("div.by", eventLine(line.event)), h("div.text", { dir: "auto" }, line.text || "\u00a0")),
    ),
  );
}

function edit(block, body) {
  const field = h("textarea", {
    value: block.value,
    rows: Math.max(4, block.value.split("\n").length + 1),
    "aria-label": `Text of ${block.label}`,
    dir: "auto",
  });
  const count = h("span.number");
  const told = h("div");
  const save = () => change(told, "edit-block", { label: block.label, value: field.value, read: block.value });
  const measure = () => {
    replace(count, `${formatNumber([...field.value].length)} of ${formatNumber(block.limit)} characters`);
    count.classList.toggle("bad", [...field.value].length > block.limit);
  };
  field.addEventListener("input", measure);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
    if (event.key === "Escape") replace(body, blame(block));
  });
  replace(
    body,
    field,
    h(
      "div.line",
      h("button.primary", { type: "button", onclick: save }, "Save"),
      h("button", { type: "button", onclick: () => replace(body, blame(block)) }, "Cancel"),
      count,
      h("span.faint", "Ctrl+Enter saves, Esc cancels"),
    ),
    told,
  );
  measure();
  field.focus();
}

async function change(told, name, values) {
  try {
    await write(name, own(values));
  } catch (error) {
    told.append(failure(error));
    return;
  }
  await draw();
}

async function loadHistory(box, label) {
  const data = await read("history", own({ id: label }));
  const rows = data.versions.map((version, number) =>
    h(
      "div.version",
      h("div.line", h("span.number", `${data.total - number}`), eventLine(version.event)),
      diffLines(version.diff),
    ),
  );
  replace(
    box,
    h("summary", "History ", h("span.count", formatNumber(data.total))),
    rows.length ? rows : note("It was never changed."),
  );
}
