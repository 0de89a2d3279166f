/* Why a turn was answered as it was: each search with its hits, their scores, and what the model was shown of them. */

import { read } from "./api.js";
import { h, heading, note, plural, prose, replace, time } from "./dom.js";
import { turnRow } from "./context.js";
import {
  choose,
  failure,
  memoryLink,
  moveChoice,
  newestOnly,
  pagedList,
  scoreBars,
  sessionLink,
  turnLink,
} from "./parts.js";
import { amend, own } from "./state.js";

let turns = null;
let detail = null;
const newest = newestOnly();

export async function show(box, parameters) {
  detail = h("section.detail");
  turns = pagedList(loadTurns, { empty: "No turn yet." });
  box.append(h("div.split", h("aside.side", { "aria-label": "Turns" }, heading("Turns"), turns.box), detail));
  await turns.next();
  if (turns.list.querySelector("[data-row]")) await open(parameters.turn || "last");
  else replace(detail, note("The model was not asked yet."));
}

async function loadTurns(before) {
  const page = await read("turns", own({ before }));
  return { rows: page.turns.map((turn) => turnRow(turn, page.window, open)), older: page.older };
}

function row(turn) {
  return turns.list.querySelector(`[data-row="${CSS.escape(turn)}"]`);
}

async function open(turn) {
  try {
    choose(turns.list, row(turn));
    const why = await newest(read("why", own({ turn })));
    if (!why) return;
    choose(turns.list, row(why.turn));
    amend({ turn: why.turn });
    draw(why);
  } catch (error) {
    replace(detail, failure(error));
  }
}

function draw(why) {
  const hits = why.searches.flatMap((retrieval) => retrieval.hits);
  const shown = hits.filter((hit) => hit.shown).length;
  replace(
    detail,
    h(
      "div.title",
      h("div.line", h("h1", "Why this reply"), time(why.at), turnLink(why.turn)),
      h(
        "div.line.facts",
        h("span", "session ", sessionLink(why.session)),
        h("span", `${plural(hits.length, "hit")}, ${shown} shown to the model`),
      ),
    ),
    h("article.message.user", h("div.meta", h("span.who", "user")), prose(why.asked, "(forgotten)")),
    h("article.message.assistant", h("div.meta", h("span.who", "assistant")), prose(why.reply, "(no reply)")),
    why.searches.length ? why.searches.map(retrieval) : note("Nothing was looked up."),
  );
}

function retrieval(search) {
  const kind = search.kind === "page_in" ? "page-in" : `call in step ${search.step}`;
  return h(
    "section",
    h("h2", kind, h("span.count", String(search.hits.length))),
    h("p.query", "searched for ", h("q", { dir: "auto", title: search.query }, search.query)),
    search.hits.length ? h("div.list", search.hits.map(hitRow)) : note("Nothing was found."),
  );
}

function hitRow(hit, number) {
  const state = hit.shown ? h("span.tag.good", "in view") : h("span.tag", hit.reason || "not shown");
  return h(
    `div.row.hit${hit.shown ? "" : ".left-out"}`,
    h(
      "span.line",
      h("span.number", `${number + 1}`),
      h(`span.tier.${hit.tier}`, hit.tier),
      memoryLink(hit.id),
      h("span.grow"),
      state,
    ),
    hit.text === null ? h("div.prose.faint", "(forgotten since)") : prose(hit.text),
    scoreBars(hit.score, hit.scores),
  );
}

export function onKey(key) {
  return (key === "j" || key === "k") && moveChoice(turns.list, key === "j" ? 1 : -1) !== null;
}
