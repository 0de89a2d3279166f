/* Sessions over time; in each its messages, and its summaries beside the messages that they cover. */

import { read } from "./api.js";
import { excerpt, formatNumber, h, heading, note, plural, prose, replace, time } from "./dom.js";
import { choose, failure, messageRow, moveChoice, newestOnly, pagedList, turnLink } from "./parts.js";
import { amend, own } from "./state.js";

let sessions = null;
let detail = null;
let day = "";
const newest = newestOnly();

export async function show(box, parameters) {
  detail = h("section.detail");
  day = "";
  sessions = pagedList(loadSessions, { empty: "No session yet." });
  box.append(h("div.split", h("aside.side", { "aria-label": "Sessions" }, heading("Sessions"), sessions.box), detail));
  await sessions.next();
  const first = sessions.list.querySelector("[data-row]");
  if (parameters.session) await open(parameters.session);
  else if (first) await open(first.dataset.row);
  else replace(detail, note("Nothing was said yet."));
}

async function loadSessions(before) {
  const page = await read("sessions", own({ before }));
  const largest = Math.max(1, ...page.sessions.map((session) => session.messages));
  const rows = page.sessions.flatMap((session) => {
    const began = session.started ? session.started.slice(0, 10) : "unknown date";
    const head = began === day ? [] : [h("div.day", began)];
    day = began;
    return [...head, sessionRow(session, largest)];
  });
  return { rows, older: page.older };
}

function sessionRow(session, largest) {
  const width = `${(session.messages / largest) * 100}%`;
  return h(
    "button.row",
    { type: "button", role: "listitem", dataset: { row: session.id }, onclick: () => open(session.id) },
    h(
      "span.line",
      h("bdi.who", session.name || session.id),
      h("span.grow"),
      h("span.faint", session.started ? session.started.slice(11, 16) : ""),
    ),
    h(
      "span.line.faint",
      h("span", plural(session.messages, "message")),
      session.summaries ? h("span", plural(session.summaries, "summary").replace("summarys", "summaries")) : null,
      session.origin === "import" ? h("span.tag", "import") : null,
    ),
    h("span.thin", h("span", { style: { width } })),
  );
}

async function open(id) {
  choose(sessions.list, sessions.list.querySelector(`[data-row="${CSS.escape(id)}"]`));
  amend({ session: id });
  try {
    const session = await newest(read("session", own({ id })));
    if (session) draw(session);
  } catch (error) {
    replace(detail, failure(error));
  }
}

function draw(session) {
  const rows = h(
    "div.messages",
    session.messages.map((message) => messageRow(message)),
  );
  const older = h("button.more", { type: "button", hidden: session.older === null }, "Older");
  let cursor = session.older;
  older.addEventListener("click", async () => {
    const page = await read("session", own({ id: session.id, before: cursor }));
    rows.prepend(...page.messages.map((message) => messageRow(message)));
    cursor = page.older;
    older.hidden = cursor === null;
    markCovered(rows, session.summaries, null);
  });
  replace(
    detail,
    h("div.title.line", h("h1", "Session"), h("span.id", session.id)),
    h(
      "div.session",
      session.summaries.length
        ? h(
            "aside.summaries",
            heading("Summaries", session.summaries.length),
            session.summaries.map((summary, number) => summaryCard(summary, number + 1, rows, session.summaries)),
          )
        : null,
      h("section", heading("Messages"), older, session.messages.length ? rows : note("Nothing is left of it.")),
    ),
  );
  markCovered(rows, session.summaries, null);
}

function summaryCard(summary, number, rows, all) {
  const covered =
    summary.first === null ? "what it covers is not known" : `covers ${plural(summary.messages, "message")}`;
  const span = summary.since ? h("span.faint", time(summary.since), " – ", time(summary.until)) : null;
  const node = h(
    "details.summary",
    h(
      "summary",
      h(
        "span.line",
        h("b", `Summary ${number}`),
        h("span", covered),
        h("span.faint", `${formatNumber(summary.tokens)} tokens`),
      ),
      span ? h("span.line", span) : null,
      excerpt(summary.text),
    ),
    prose(summary.text),
    h("p.faint", "written ", time(summary.at), " in ", turnLink(summary.turn)),
  );
  node.addEventListener("toggle", () => {
    markCovered(rows, all, node.open ? summary : null);
    const first = rows.querySelector(".covered-now");
    if (node.open && first) first.scrollIntoView({ block: "nearest" });
  });
  return node;
}

/** Mark the messages that left the queue, and those that one summary covers. */
function markCovered(rows, summaries, chosen) {
  const covers = (summary, n) => summary.first !== null && n >= summary.first && n <= summary.last;
  for (const row of rows.children) {
    const n = Number(row.dataset.n);
    row.classList.toggle(
      "covered",
      summaries.some((summary) => covers(summary, n)),
    );
    row.classList.toggle("covered-now", chosen !== null && covers(chosen, n));
  }
}

export function onKey(key) {
  return (key === "j" || key === "k") && moveChoice(sessions.list, key === "j" ? 1 : -1) !== null;
}
