/* The frame: tabs, agent, theme and keys. Each tab is a module with `show(view, parameters)`. */

import { isStatic, read } from "./api.js";
import * as bin from "./bin.js";
import * as context from "./context.js";
import * as core from "./core.js";
import { h, heading, replace } from "./dom.js";
import * as health from "./health.js";
import * as map from "./map.js";
import { failure } from "./parts.js";
import * as search from "./search.js";
import { go, here, link, state } from "./state.js";
import * as timeline from "./timeline.js";
import * as why from "./why.js";

const TABS = { context, core, search, timeline, why, map, bin, health };
const NAMES = {
  context: "Context",
  core: "Core",
  search: "Search",
  timeline: "Timeline",
  why: "Why",
  map: "Map",
  bin: "Bin",
  health: "Health",
};
const THEMES = ["system", "light", "dark"];
const KEYS = [
  ["1 – 8", "open a tab"],
  ["j, k", "next and previous in a list; ↓ and ↑ on the map"],
  ["[, ]", "the turn before and after"],
  ["/", "search"],
  ["a", "choose the agent"],
  ["t", "theme: system, light, dark"],
  ["?", "this list"],
  ["Esc", "close, or leave a field"],
];

const view = document.getElementById("view");
let shown = 0;
let wantsQuery = false; // the search field gets the focus once its tab is drawn

async function render() {
  const now = here();
  const name = now.tab in TABS ? now.tab : "context";
  for (const tab of document.querySelectorAll("#tabs a")) {
    if (tab.dataset.tab === name) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  document.querySelector("#tabs [aria-current]").scrollIntoView({ block: "nearest", inline: "center" });
  document.title = `${NAMES[name]} · ${state.agent} · Carrel`;
  view.dataset.tab = name;
  shown += 1;
  const mine = shown;
  const box = h(`div.tab.${name}`);
  try {
    await TABS[name].show(box, now.parameters);
  } catch (error) {
    replace(box, failure(error));
    if (!error.code && !error.hint) throw error;
  }
  if (mine !== shown) return; // another tab was opened meanwhile
  replace(view, box);
  view.dataset.ready = String(mine);
  if (wantsQuery && name === "search") openSearch();
}

function drawFrame() {
  const links = Object.entries(NAMES).map(([tab, name], number) =>
    h("a", { href: link(tab), dataset: { tab }, title: `${name} (${number + 1})` }, name),
  );
  replace(document.getElementById("tabs"), links);
  const agents = h(
    "select",
    { id: "agent", title: "Agent (a)", "aria-label": "Agent", onchange: (event) => chooseAgent(event.target.value) },
    state.overview.agents.map((name) => h("option", { value: name, selected: name === state.agent }, name)),
  );
  const access = isStatic ? "in a file" : state.writable ? "may write" : "read-only";
  replace(
    document.getElementById("tools"),
    h(`span.tag.access${state.writable ? ".write" : ""}`, access),
    agents,
    h("button.icon", { type: "button", title: "Theme (t)", "aria-label": "Theme", onclick: changeTheme }, "◐"),
    h("button.icon", { type: "button", title: "Keys (?)", "aria-label": "Keys", onclick: toggleHelp }, "?"),
  );
}

async function chooseAgent(name) {
  state.agent = name;
  state.overview = await read("overview", { agent: name });
  drawFrame();
  if (location.hash === link(here().tab)) render();
  else go(here().tab);
}

function applyTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function changeTheme() {
  const now = document.documentElement.dataset.theme || "system";
  const theme = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  applyTheme(theme);
  try {
    localStorage.setItem("carrel-theme", theme);
  } catch {
    // a page in a file may have no storage
  }
  document.dispatchEvent(new Event("themechange"));
}

function savedTheme() {
  try {
    return localStorage.getItem("carrel-theme") || "system";
  } catch {
    return "system";
  }
}

function toggleHelp() {
  const open = document.querySelector("dialog.help");
  if (open) {
    open.close();
    return;
  }
  const rows = KEYS.map(([key, text]) => h("tr", h("th", key), h("td", text)));
  const dialog = h(
    "dialog.help",
    { onclose: (event) => event.target.remove() },
    heading("Keys"),
    h("table", h("tbody", rows)),
    h("button", { type: "button", onclick: (event) => event.target.closest("dialog").close() }, "Close"),
  );
  document.body.append(dialog);
  dialog.showModal();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, textarea, select");
  if (field) {
    if (event.key === "Escape") field.blur();
    return;
  }
  const tabs = Object.keys(TABS);
  const tab = TABS[view.dataset.tab];
  if (event.key === "?") toggleHelp();
  else if (document.querySelector("dialog[open]")) return;
  else if (event.key >= "1" && event.key <= String(tabs.length)) go(tabs[Number(event.key) - 1]);
  else if (event.key === "/") openSearch();
  else if (event.key === "a") document.getElementById("agent").focus();
  else if (event.key === "t") changeTheme();
  else if (!(tab && tab.onKey && tab.onKey(event.key))) return;
  event.preventDefault();
}

function openSearch() {
  const field = document.querySelector("#query");
  wantsQuery = !field;
  if (field) field.focus();
  else go("search");
}

async function start() {
  applyTheme(savedTheme());
  try {
    state.overview = await read("overview");
  } catch (error) {
    replace(view, failure(error));
    return;
  }
  state.agent = state.overview.agent;
  state.writable = state.overview.writable && !isStatic;
  drawFrame();
  window.addEventListener("hashchange", render);
  document.addEventListener("keydown", onKey);
  await render();
}

start();
