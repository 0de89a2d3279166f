/* Ask the server for data, or, in a page in a file, the page itself. */

const holder = document.getElementById("data");
const embedded = holder ? JSON.parse(holder.textContent) : null;

export const isStatic = embedded !== null;

/** An answer that is an error: its sentence, and what to do. */
export class Failure extends Error {
  constructor(error, status) {
    super(error.message);
    this.hint = error.hint || "";
    this.code = error.code;
    this.status = status;
  }
}

function address(name, parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  const query = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return query ? `${name}?${query}` : name;
}

async function unpack(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    body = { error: { code: "closed", message: await explain(response), hint: "Run carrel ui again." } };
  }
  if (body.error) throw new Failure(body.error, response.status);
  return body.data;
}

async function explain(response) {
  return response.status === 401 ? "This page is no longer connected." : `The server answered with ${response.status}.`;
}

/** Return what an operation reads. */
export async function read(name, parameters = {}) {
  const key = address(name, parameters);
  if (isStatic) {
    if (!(key in embedded))
      throw new Failure({ message: "This page in a file does not hold that.", hint: "Run carrel ui to see it." }, 404);
    return embedded[key];
  }
  return unpack(await reach(`/api/${key}`, {}));
}

/** Make a change. */
export async function write(name, values) {
  const headers = { "content-type": "application/json", "x-carrel": "1" };
  return unpack(await reach(`/api/${name}`, { method: "POST", headers, body: JSON.stringify(values) }));
}

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    throw new Failure(
      { message: "The server does not answer.", hint: "It may have been stopped. Run carrel ui again." },
      0,
    );
  }
}
