/* Build the page from text: no string ever becomes markup. */

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const SVG = "http://www.w3.org/2000/svg";

/** Return a text with the characters that steer a terminal or turn the direction of writing made visible. */
export function visible(text) {
  return String(text).replace(CONTROL, (character) => {
    const code = character.codePointAt(0);
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return `⟨${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** Return an element: `h("p.note", {title}, "text", child, …)`. Texts become text nodes; null and false are left out. */
export function h(name, ...rest) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  const isProperties =
    rest.length &&
    rest[0] !== null &&
    typeof rest[0] === "object" &&
    !(rest[0] instanceof Node) &&
    !Array.isArray(rest[0]);
  if (isProperties) setProperties(node, rest.shift());
  append(node, rest);
  return node;
}

function setProperties(node, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
    else if (key === "dataset") Object.assign(node.dataset, value);
    else if (key in node && key !== "list")
      node[key] = typeof value === "string" && key !== "value" ? visible(value) : value;
    else node.setAttribute(key, value === true ? "" : visible(value));
  }
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
}

/** Put these children in the place of all that a node holds. */
export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** Return a text that somebody wrote, in its own direction and with its line breaks. */
export function prose(text, empty = "(empty)") {
  return text ? h("div.prose", { dir: "auto" }, text) : h("div.prose.faint", empty);
}

/** Return the beginning of a text on one line. */
export function excerpt(text, empty = "(no text)") {
  return text ? h("bdi.excerpt", text.replace(/\s+/g, " ").slice(0, 300)) : h("span.excerpt.faint", empty);
}

/** Return a shape of SVG. */
export function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  append(node, children);
  return node;
}

/** Return a heading with a number beside it. */
export function heading(text, count = null) {
  return h("h2", text, count === null ? null : h("span.count", formatNumber(count)));
}

/** Return a note that there is nothing, or that something is awaited. */
export function note(text) {
  return h("p.empty", text);
}

export function formatNumber(number) {
  return number.toLocaleString("en").replace(/,/g, "\u202f");
}

export function plural(number, noun) {
  return `${formatNumber(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** Return a moment to the minute, as the command line prints it. */
export function formatMinute(iso) {
  return iso ? iso.slice(0, 16).replace("T", " ") : "unknown date";
}

export function time(iso) {
  return h("time", { dateTime: iso || "", title: iso || "unknown date" }, formatMinute(iso));
}
