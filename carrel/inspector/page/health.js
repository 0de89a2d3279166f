/* Health: what doctor and verify say. */

import { isStatic, read } from "./api.js";
import { formatNumber, h, heading, note, replace } from "./dom.js";
import { failure } from "./parts.js";
import { own } from "./state.js";

const SIGNS = { ok: "✓", warn: "!" };

export async function show(box) {
  const data = await read("health", own());
  const rows = data.findings.map((finding) =>
    h(
      `tr.${finding.state}`,
      h("td.sign", { "aria-label": finding.state }, SIGNS[finding.state]),
      h("th", { scope: "row" }, finding.subject),
      h("td", h("bdi", finding.said)),
    ),
  );
  const result = h("div.verify");
  const button = h("button", { type: "button", onclick: () => verify(button, result) }, "Verify");
  box.append(
    h("h1", "Health"),
    h("table.findings", h("tbody", rows)),
    heading("Rows, words and vectors"),
    isStatic
      ? note("Run carrel memory verify.")
      : h(
          "p.line",
          button,
          h(
            "span.faint",
            "as carrel memory verify: it reads every row and vector, which takes a while in a large memory",
          ),
        ),
    result,
  );
}

async function verify(button, result) {
  button.disabled = true;
  replace(result, note("Counting …"));
  try {
    draw(result, await read("verify", own()));
  } catch (error) {
    replace(result, failure(error));
  } finally {
    button.disabled = false;
  }
}

function draw(result, report) {
  const names = ["rows", "with_vector", "waiting", "failed", "missing", "without_words", "orphans", "broken"];
  const head = h(
    "tr",
    h("th", "tier"),
    names.map((name) => h("th", { scope: "col" }, name.replace("_", " "))),
    h("th", ""),
  );
  const rows = report.tiers.map((tier) =>
    h(
      "tr",
      h("th", { scope: "row" }, tier.tier),
      names.map((name) => h("td.number", formatNumber(tier[name]))),
      h("td", tier.sound ? "✓" : "!"),
    ),
  );
  replace(
    result,
    h("p", report.sound ? "All is well." : "Something needs attention: run carrel memory reindex."),
    report.words_sound === false
      ? h("p.failure", "The full-text index is damaged: run carrel memory reindex --words")
      : null,
    h(
      "div.scroll-wide",
      { tabIndex: 0, role: "region", "aria-label": "Counts" },
      h("table.counts", h("thead", head), h("tbody", rows)),
    ),
  );
}
