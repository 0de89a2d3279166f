/* Recall and archival: search with its scores, the newest memories, one memory in full. */

import { isStatic, read, write } from "./api.js";
import { excerpt, h, heading, note, plural, prose, replace, time } from "./dom.js";
import {
  choice,
  choose,
  eventLine,
  failure,
  memoryLink,
  moveChoice,
  newestOnly,
  pagedList,
  scoreBars,
  sessionLink,
  turnLink,
} from "./parts.js";
import { amend, here, link, own, state } from "./state.js";

const asked = { q: "", tier: "all", mode: "hybrid", since: "", until: "", page: 1 };
let results = null;
let detail = null;
let awaited = 0;
const newestMemory = newestOnly();

export async function show(box, parameters) {
  Object.assign(asked, { q: parameters.q || "", tier: parameters.tier || "all", page: Number(parameters.page) || 1 });
  results = h("div.results");
  detail = h("section.detail");
  box.append(form(), h("div.split.even", h("section.side", { "aria-label": "Results" }, results), detail));
  replace(detail, note("Choose a memory to see it in full."));
  await find();
  if (parameters.id) await open(parameters.id);
}

function form() {
  const field = (name, label, extra) =>
    h("input", {
      value: asked[name],
      "aria-label": label,
      placeholder: label,
      oninput: (event) => {
        asked[name] = event.target.value;
        asked.page = 1;
        find();
      },
      ...extra,
    });
  const query = field("q", "Search recall and archival", { type: "search" });
  query.id = "query";
  const row = h("form.search", {
    onsubmit: (event) => {
      event.preventDefault();
      query.blur();
      find();
    },
  });
  const draw = () =>
    replace(
      row,
      query,
      choice("Tier", ["all", "recall", "archival"], asked.tier, (value) => {
        asked.tier = value;
        asked.page = 1;
        draw();
        find();
      }),
      choice("Mode", ["hybrid", "words", "meaning"], asked.mode, (value) => {
        asked.mode = value;
        draw();
        find();
      }),
      h("label", "since", field("since", "First day", { type: "date" })),
      h("label", "until", field("until", "Last day", { type: "date" })),
    );
  draw();
  return row;
}

async function find() {
  awaited += 1;
  const mine = awaited;
  amend({
    q: asked.q,
    tier: asked.tier === "all" ? null : asked.tier,
    page: asked.page > 1 ? asked.page : null,
    id: here().parameters.id,
  });
  try {
    const made = asked.q.trim() ? await hits() : await newest();
    if (mine === awaited) replace(results, made);
  } catch (error) {
    if (mine === awaited) replace(results, failure(error));
  }
}

/** Return the memories of a page in a file that hold the text; a file has no index. */
async function held() {
  const words = asked.q.trim().toLowerCase();
  const tiers = asked.tier === "all" ? ["archival", "recall"] : [asked.tier];
  const found = [];
  for (const tier of tiers) {
    const page = await read("newest", own({ tier }));
    found.push(...page.memories.filter((memory) => memory.text.toLowerCase().includes(words)));
  }
  return [
    h(
      "div.line.above",
      h(
        "span.faint",
        `${plural(found.length, "memory").replace("memorys", "memories")} with these words, of those that this page holds`,
      ),
    ),
    h(
      "div.list",
      { role: "list" },
      found.map((memory) => row(memory, null)),
    ),
  ];
}

async function hits() {
  if (isStatic) return held();
  const { q, tier, mode, since, until, page } = asked;
  const found = await read("search", own({ q: q.trim(), tier, mode, since, until, page }));
  const used = found.mode === mode ? "" : `, by ${found.mode} alone`;
  const turnTo = (number) => {
    asked.page = number;
    find();
  };
  return [
    h(
      "div.line.above",
      h(
        "span.faint",
        found.total ? `${plural(found.total, "hit")}${used}, page ${found.page} of ${found.pages}` : "Nothing found.",
      ),
      h("span.grow"),
      found.pages > 1
        ? [
            h(
              "button.icon",
              {
                type: "button",
                "aria-label": "Page before",
                disabled: found.page <= 1,
                onclick: () => turnTo(found.page - 1),
              },
              "‹",
            ),
            h(
              "button.icon",
              {
                type: "button",
                "aria-label": "Page after",
                disabled: found.page >= found.pages,
                onclick: () => turnTo(found.page + 1),
              },
              "›",
            ),
          ]
        : null,
    ),
    h(
      "div.list",
      { role: "list" },
      found.hits.map((hit) => row(hit, scoreBars(hit.score, hit.scores))),
    ),
  ];
}

async function newest() {
  const tiers = asked.tier === "all" ? ["archival", "recall"] : [asked.tier];
  const lists = [];
  for (const tier of tiers) {
    const list = pagedList(
      async (before) => {
        const page = await read("newest", own({ tier, before }));
        return { rows: page.memories.map((memory) => row(memory, null)), older: page.older };
      },
      { empty: tier === "recall" ? "No message yet." : "No passage yet." },
    );
    await list.next();
    lists.push(h("section", heading(tier === "recall" ? "Newest messages" : "Newest passages"), list.box));
  }
  return lists;
}

function row(memory, scores) {
  const who = memory.speaker || memory.tool || memory.role;
  const tags = (memory.tags || []).map((tag) => h("span.tag", h("bdi", tag)));
  const text = memory.text || (memory.calls || []).map((call) => `${call.name} ${call.arguments}`).join(" ");
  return h(
    "div.row",
    {
      role: "listitem",
      tabIndex: 0,
      dataset: { row: memory.id },
      onclick: (event) => pick(event, memory.id),
      onkeydown: (event) => {
        if (event.key === "Enter") pick(event, memory.id);
      },
    },
    h(
      "span.line",
      h(`span.tier.${memory.tier}`, memory.tier),
      who ? h("bdi.who", who) : null,
      time(memory.at),
      tags,
      memory.state && memory.state !== "live" ? h("span.tag", memory.state) : null,
      memory.withheld ? h("span.tag.bad", "withheld from the model") : null,
    ),
    h("bdi.excerpt.lines", text),
    scores,
  );
}

function pick(event, id) {
  if (!event.target.closest("a")) open(id);
}

async function open(id) {
  amend({ id });
  choose(results, results.querySelector(`[data-row="${CSS.escape(id)}"]`));
  try {
    const memory = await newestMemory(read("memory", own({ id })));
    if (memory) replace(detail, full(memory));
  } catch (error) {
    replace(detail, failure(error));
  }
}

function full(memory) {
  const facts = [
    ["id", memory.id],
    ["at", time(memory.at)],
    ["who", memory.speaker || memory.tool || memory.role],
    ["state", memory.state],
    ["tags", (memory.tags || []).join(", ")],
    ["session", sessionLink(memory.session)],
    ["turn", turnLink(memory.turn)],
    ["source", memory.source],
    ["tokens", String(memory.tokens)],
    ["successor", memory.successor ? memoryLink(memory.successor) : null],
  ];
  const told = h("div");
  return [
    h(
      "div.title.line",
      h("h1", memory.tier === "recall" ? "Message" : "Passage"),
      memory.pinned ? h("span.tag", "pinned") : null,
      h("span.grow"),
      actions(memory, told),
    ),
    told,
    prose(memory.text),
    (memory.calls || []).map((call) =>
      h("div.call", h("b", call.name), " ", h("code", { dir: "auto" }, call.arguments)),
    ),
    h(
      "dl.facts",
      facts
        .filter(([, value]) => value)
        .map(([name, value]) => [h("dt", name), h("dd", value instanceof Node ? value : h("bdi", value))]),
    ),
    heading("History", memory.history.length),
    memory.history.length ? memory.history.map((event) => h("div.line", eventLine(event))) : note("It has no history."),
    heading("Shown to the model", memory.uses.length),
    memory.uses.length
      ? memory.uses.map((use) =>
          h(
            "div.line",
            time(use.at),
            h("a.id", { href: link("why", { turn: use.turn }) }, use.turn),
            excerpt(use.asked),
          ),
        )
      : note("No reply was made from it."),
  ];
}

function actions(memory, told) {
  if (!state.writable) return null;
  const act = async (name, values) => {
    try {
      const done = await write(name, own(values));
      await find();
      await open(done.id || memory.id);
    } catch (error) {
      replace(told, failure(error));
    }
  };
  const isLive = memory.tier === "archival" && memory.state === "live";
  return h(
    "span.line",
    isLive ? h("button", { type: "button", onclick: () => edit(memory, told, act) }, "Edit") : null,
    isLive
      ? h(
          "button",
          { type: "button", onclick: () => act("pin", { id: memory.id, pinned: !memory.pinned }) },
          memory.pinned ? "Unpin" : "Pin",
        )
      : null,
    h(
      "button",
      {
        type: "button",
        title: "Into the bin, with all that says the same",
        onclick: () => act("forget", { id: memory.id }),
      },
      "Forget",
    ),
  );
}

function edit(memory, told, act) {
  const field = h("textarea", { value: memory.text, rows: 5, "aria-label": "New text", dir: "auto" });
  replace(
    told,
    field,
    h(
      "div.line",
      h(
        "button.primary",
        { type: "button", onclick: () => act("edit-passage", { id: memory.id, text: field.value }) },
        "Save",
      ),
      h("button", { type: "button", onclick: () => replace(told) }, "Cancel"),
    ),
  );
  field.focus();
}

export function onKey(key) {
  return (key === "j" || key === "k") && moveChoice(results, key === "j" ? 1 : -1) !== null;
}
