/* The bin: what was forgotten, and its way back. */

import { read, write } from "./api.js";
import { h, heading, note, plural, prose, replace, time } from "./dom.js";
import { failure, moveChoice, turnLink } from "./parts.js";
import { own, state } from "./state.js";

let container = null;
let told = null;

export async function show(box) {
  container = h("div.bin-list");
  told = h("div", { role: "status" });
  box.append(h("h1", "Bin"), told, container);
  await draw(1);
}

async function draw(page) {
  const data = await read("bin", own({ page: page > 1 ? page : null }));
  const everything = [...data.lines, ...data.items];
  replace(
    container,
    h(
      "p.faint",
      `What was forgotten is neither found nor shown to the model, and can be restored for ${data.kept_days} days. To erase it for good: carrel memory purge.`,
    ),
    heading("Forgotten", data.total + data.lines.length),
    everything.length ? h("div.list", { role: "list" }, everything.map(row)) : note("The bin is empty."),
    data.pages > 1
      ? h(
          "div.line",
          h(
            "button.icon",
            {
              type: "button",
              "aria-label": "Page before",
              disabled: data.page <= 1,
              onclick: () => draw(data.page - 1),
            },
            "‹",
          ),
          h("span.faint", `page ${data.page} of ${data.pages}`),
          h(
            "button.icon",
            {
              type: "button",
              "aria-label": "Page after",
              disabled: data.page >= data.pages,
              onclick: () => draw(data.page + 1),
            },
            "›",
          ),
        )
      : null,
  );
}

function row(item) {
  const back = state.writable
    ? h("button", { type: "button", onclick: () => restore(item.id) }, "Restore")
    : h("code.faint", `carrel memory restore ${item.id}`);
  return h(
    "div.row",
    {
      role: "listitem",
      tabIndex: 0,
      dataset: { row: item.id },
      onclick: (event) => event.currentTarget.classList.add("chosen"),
    },
    h(
      "span.line",
      h(`span.tier.${item.tier}`, item.tier),
      h("span.id", item.id),
      item.at ? h("span", "forgotten ", time(item.at), item.actor ? ` by ${item.actor}` : "") : null,
      turnLink(item.turn),
      h("span.grow"),
      back,
    ),
    prose(item.text),
  );
}

async function restore(id) {
  try {
    const done = await write("restore", own({ id }));
    replace(
      told,
      h(
        "p.done",
        `Restored ${plural(done.restored.length, "memory").replace("memorys", "memories")}: ${done.restored.join(", ")}`,
      ),
    );
    await draw(1);
  } catch (error) {
    replace(told, failure(error));
  }
}

export function onKey(key) {
  if (key !== "j" && key !== "k") return false;
  const before = container.querySelector(".chosen");
  const row = moveChoice(container, key === "j" ? 1 : -1);
  if (before && before !== row) before.classList.remove("chosen");
  if (row) row.focus();
  return row !== null;
}
