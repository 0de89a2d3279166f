/* What is chosen: the agent, the tab and its parameters. The address holds them, so that Back works. */

export const state = { agent: "default", writable: false, overview: null };

/** Return the tab and parameters that the address names. */
export function here() {
  const [tab, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { tab: tab || "context", parameters: Object.fromEntries(new URLSearchParams(query)) };
}

/** Return the address of a tab. */
export function link(tab, parameters = {}) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(pairs).toString();
  return `#/${tab}${query ? `?${query}` : ""}`;
}

export function go(tab, parameters = {}) {
  location.hash = link(tab, parameters);
}

/** Change a parameter of the present tab without another entry in the history. */
export function amend(parameters) {
  const now = here();
  history.replaceState(null, "", link(now.tab, { ...now.parameters, ...parameters }));
}

/** Return parameters of a request with the chosen agent. */
export function own(parameters = {}) {
  return { agent: state.agent, ...parameters };
}
