// Who looks at the page: asks the API, and shows a way in, a way out, or why there is neither. The server decides; this only tells what it decided.

const byId = id => document.getElementById(id);
const access = { waitUntil: 0, shown: "", account: "" };

export const element = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
};

class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.title = problem.title ?? "Not allowed";
  }
}

const secondsLeft = () => Math.ceil((access.waitUntil - Date.now()) / 1000);

// Seconds or a date (RFC 9110). What cannot be read counts as ten seconds, and nothing keeps the page away for longer than ten minutes.
const waitOf = text => {
  const seconds = /^\d+$/.test(text ?? "") ? Number(text) : (Date.parse(text ?? "") - Date.now()) / 1000;
  return Math.min(Math.max(Number.isFinite(seconds) ? seconds : 10, 1), 600);
};

const ask = async (path, options) => {
  const answer = await fetch(path, { ...options, headers: { accept: "application/json", ...options?.headers } });
  if (answer.ok) return answer;
  if (answer.status === 429) access.waitUntil = Date.now() + waitOf(answer.headers.get("retry-after")) * 1000;
  throw new Refused(answer.status, await answer.json().catch(() => null) ?? {});
};

// While the server wants to be left alone nothing is asked, whoever clicks.
export const get = async path => {
  const left = secondsLeft();
  if (left > 0) throw new Refused(429, { detail: `too many requests, waiting ${left} s` });
  return (await ask(path)).json();
};

export const post = async (path, body) => {
  const left = secondsLeft();
  if (left > 0) throw new Refused(429, { detail: `too many requests, waiting ${left} s` });
  const headers = { "content-type": "application/json", "X-Nightwatch-Request": "1" };
  return (await ask(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
};

export const isRefusal = failure => failure instanceof Refused && (failure.status === 401 || failure.status === 403);

const signOut = async () => {
  try {
    await ask("/api/sign-out", { method: "POST", headers: { "X-Nightwatch-Request": "1" } });
    location.reload();
  } catch (failure) {
    byId("connection").textContent = `not signed out: ${failure.message}`;
  }
};

const signOutButton = () => {
  const button = element("button", "Sign out");
  button.type = "button";
  button.addEventListener("click", signOut);
  return button;
};

const platformSignOut = () => {
  const link = element("a", "Sign out");
  link.href = "/.auth/logout";
  return link;
};

// A session of ours or of the platform can be ended. A token cannot, and in the development mode nobody has signed in.
const showAccount = me => {
  const key = JSON.stringify([me.kind, me.name, me.source]);
  if (access.account === key) return;
  access.account = key;
  const parts = me.kind === "development" ? [] : [element("span", me.name)];
  if (me.source === "session") parts.push(signOutButton());
  if (me.source === "platform") parts.push(platformSignOut());
  const account = byId("account");
  account.replaceChildren(...parts);
  account.hidden = parts.length === 0;
};

const hideAccount = () => {
  access.account = "";
  byId("account").replaceChildren();
  byId("account").hidden = true;
};

// Replaced only when it says something else: whoever is on one of its links with the keyboard stays there.
const showAccess = (key, ...parts) => {
  byId("content").hidden = true;
  byId("access").hidden = false;
  if (access.shown === key) return;
  access.shown = key;
  byId("access").replaceChildren(...parts);
};

const providerLink = name => {
  const link = element("a", `Sign in with ${name}`, "provider");
  // Without the query, which is none of the page's and may hold a token.
  const returnTo = location.pathname + location.hash;
  link.href = `/api/sign-in?provider=${encodeURIComponent(name)}&returnTo=${encodeURIComponent(returnTo)}`;
  const item = element("li");
  item.append(link);
  return item;
};

const showWaysIn = async () => {
  byId("content").hidden = true;
  hideAccount();
  const { providers } = await get("/api/sign-in/providers");
  byId("connection").textContent = "not signed in";
  if (providers.length === 0) {
    showAccess("none", element("h2", "Not signed in"), element("p", "A token or the development mode is needed to see anything here: docs/access.md says how."));
    return;
  }
  const links = element("ul");
  links.append(...providers.map(providerLink));
  showAccess(JSON.stringify([providers, location.hash]), element("h2", "Not signed in"), element("p", "Sign in to see the incidents."), links);
};

const showForbidden = refusal => {
  byId("connection").textContent = "not allowed";
  const account = byId("account");
  if (account.hidden) {
    account.replaceChildren(signOutButton());
    account.hidden = false;
  }
  showAccess(`${refusal.title}\n${refusal.message}`, element("h2", refusal.title), element("p", refusal.message));
};

export const showRefusal = refusal => refusal.status === 401 ? showWaysIn() : Promise.resolve(showForbidden(refusal));

// Throws what the API refused with; the page then shows that instead of data.
export const enter = async () => {
  showAccount(await get("/api/me"));
};

export const showContent = () => {
  access.shown = "";
  byId("access").hidden = true;
  byId("content").hidden = false;
};
