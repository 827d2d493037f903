// The plain page: incidents on the left, the chosen one's investigation on the right, growing while it is gathered.
// Everything shown is put in as text, never as markup: labels, annotations and log lines come from outside.

import { element, enter, get, isRefusal, showContent, showRefusal } from "./access.js";

const byId = id => document.getElementById(id);
const state = { chosen: null, stream: null, pages: 1, shown: "", entered: false };

const clock = text => text ? new Date(text).toLocaleString() : "";

const number = (value, unit) => {
  if (value === null || value === undefined || typeof value === "string") return `${value}`;
  if (unit === "ratio") return `${(value * 100).toPrecision(3)} %`;
  if (unit === "bytes") return `${(value / 1048576).toPrecision(4)} MiB`;
  if (unit === "seconds") return value < 1 ? `${(value * 1000).toPrecision(3)} ms` : `${value.toPrecision(3)} s`;
  const text = Math.abs(value) >= 1000 || Number.isInteger(value) ? Math.round(value).toString() : value.toPrecision(3);
  return unit && unit !== "count" ? `${text} ${unit.replaceAll("_", " ")}` : text;
};

const safeLink = (href, text) => {
  if (!/^https?:\/\//.test(href ?? "")) return null;
  const link = element("a", text);
  link.href = href;
  link.rel = "noreferrer noopener";
  link.target = "_blank";
  return link;
};

const evidenceCard = evidence => {
  const card = element("section", null, evidence.status === "success" ? "card" : "card gap");
  card.id = `evidence-${evidence.stepId}`;
  card.append(element("h4", evidence.title), element("p", evidence.summary));
  if (evidence.facts?.length) {
    const facts = element("div", null, "facts");
    for (const fact of evidence.facts.slice(0, 12)) {
      const item = element("span", `${fact.name.replaceAll("_", " ")} `);
      item.append(element("b", number(fact.value, fact.unit)));
      facts.append(item);
    }
    card.append(facts);
  }
  card.append(element("code", evidence.invocation, "query"));
  const link = safeLink(evidence.link, "open in the source");
  if (link) card.append(link);
  return card;
};

const hypothesisCard = (hypothesis, first) => {
  const card = element("section", null, first ? "card first" : "card");
  card.append(element("h4", hypothesis.statement));
  card.append(element("p", `${hypothesis.cause.replaceAll("_", " ")} of ${hypothesis.component}, confidence ${Math.round(hypothesis.confidence * 100)} % (proposed by ${hypothesis.proposedBy})`, "quiet"));
  const meter = element("div", null, "meter");
  const bar = element("i");
  bar.style.width = `${Math.round(hypothesis.confidence * 100)}%`;
  meter.append(bar);
  card.append(meter);
  const points = element("ul");
  for (const [list, kind] of [[hypothesis.for, "for"], [hypothesis.against, "against"]]) {
    for (const point of list ?? []) {
      const item = element("li", null, kind);
      const link = element("a", point.statement);
      link.href = `#evidence-${point.evidenceId.split(":").pop()}`;
      item.append(link);
      points.append(item);
    }
  }
  card.append(points);
  return card;
};

const section = (title, ...children) => [element("h2", title), ...children];

const renderInvestigation = view => {
  const { investigation, evidence = [] } = view;
  const parts = [];
  if (investigation.conclusion) {
    const conclusion = investigation.conclusion;
    parts.push(...section("Conclusion", element("p", conclusion.summary)));
    if (conclusion.narrative) parts.push(element("div", conclusion.narrative, "card narrative"));
    parts.push(...section("Hypotheses", ...conclusion.hypotheses.map((h, i) => hypothesisCard(h, i === 0))));
    const steps = element("ul");
    conclusion.nextSteps.forEach(step => steps.append(element("li", step)));
    parts.push(...section("Next steps", steps));
    if (conclusion.notChecked.length) {
      const gaps = element("ul");
      conclusion.notChecked.forEach(gap => gaps.append(element("li", `${gap.question}: ${gap.why}`)));
      parts.push(...section("Not checked", gaps));
    }
    const report = element("a", "This report as Markdown");
    report.href = `/api/investigations/${encodeURIComponent(investigation.id)}?format=markdown`;
    parts.push(report);
  } else {
    parts.push(...section(`Gathering evidence: ${evidence.length} of ${investigation.steps?.length ?? 0} questions answered`));
  }
  if (investigation.outcome) parts.push(...section("Outcome", element("p", investigation.outcome)));
  const answered = new Set(evidence.map(e => e.stepId));
  const waiting = (investigation.steps ?? []).filter(step => !answered.has(step.id));
  parts.push(...section("Evidence", ...evidence.map(evidenceCard), ...waiting.map(step => element("p", `… ${step.title}`, "card pending"))));
  return parts;
};

const renderDetail = (detail, view) => {
  const { incident, episodes } = detail;
  const head = [element("h3", incident.title), element("p", `${incident.severity}, ${incident.status}, since ${clock(incident.startsAt)}${incident.resolvedAt ? `, resolved ${clock(incident.resolvedAt)}` : ""}`, "quiet")];
  if (incident.suppressedBecause) head.push(element("p", `Not investigated: ${incident.suppressedBecause}`));
  else if (incident.analysis && !incident.analysis.investigate) head.push(element("p", `Not investigated: rule ${incident.analysis.rule}`));
  const alerts = element("ul");
  for (const episode of episodes) {
    const item = element("li", null, "card");
    item.append(element("h4", `${episode.name} (${episode.status}${episode.flapping ? ", flapping" : ""})`));
    item.append(element("code", Object.entries(episode.labels).map(([k, v]) => `${k}="${v}"`).join(" ")));
    if (episode.joinedBecause) item.append(element("p", episode.joinedBecause, "quiet"));
    if (episode.suppression) item.append(element("p", `${episode.suppression.kind}: ${episode.suppression.reason}`));
    alerts.append(item);
  }
  byId("detail").replaceChildren(...head, ...(view ? renderInvestigation(view) : []), ...section(`Alerts (${incident.episodes})`, alerts));
};

const show = async id => {
  const detail = await get(`/api/incidents/${encodeURIComponent(id)}`);
  const investigationId = detail.incident.investigationId;
  const view = investigationId ? await get(`/api/investigations/${encodeURIComponent(investigationId)}`) : null;
  if (state.chosen !== id) return;
  const text = JSON.stringify([detail, view]);
  if (text !== state.shown) {
    state.shown = text;
    renderDetail(detail, view);
  }
  follow(id, investigationId, view);
};

const follow = (id, investigationId, view) => {
  const wanted = investigationId && !view?.investigation.conclusion ? investigationId : null;
  if (state.stream?.id === wanted) return;
  state.stream?.source.close();
  state.stream = null;
  if (!wanted) return;
  const source = new EventSource(`/api/investigations/${encodeURIComponent(wanted)}/events`);
  state.stream = { id: wanted, source };
  let due = null;
  const refresh = () => { due ??= setTimeout(() => { due = null; show(id).catch(report); }, 150); };
  source.addEventListener("evidence", refresh);
  source.addEventListener("status", refresh);
  source.addEventListener("concluded", () => { source.close(); state.stream = null; refresh(); });
};

const choose = id => {
  state.chosen = id;
  state.shown = "";
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
  show(id).catch(report);
  document.querySelectorAll("#incidents button").forEach(b => b.setAttribute("aria-current", b.dataset.id === id));
};

const incidentButton = incident => {
  const button = element("button", null, incident.status === "resolved" ? "resolved" : incident.severity);
  button.type = "button";
  button.dataset.id = incident.id;
  button.setAttribute("aria-current", incident.id === state.chosen);
  button.append(element("strong", incident.title));
  button.append(element("span", `${incident.status}, ${incident.episodes} alert${incident.episodes === 1 ? "" : "s"}, ${clock(incident.startsAt)}`));
  button.append(element("span", incident.conclusion ?? incident.suppressedBecause ?? (incident.investigationId ? "being investigated…" : "")));
  button.addEventListener("click", () => choose(incident.id));
  return button;
};

const list = async () => {
  const incidents = [];
  let token = null;
  for (let page = 0; page < state.pages; page++) {
    const answer = await get(`/api/incidents?pageSize=50${token ? `&continuationToken=${encodeURIComponent(token)}` : ""}`);
    incidents.push(...answer.incidents);
    token = answer.continuationToken;
    if (!token) break;
  }
  byId("incidents").replaceChildren(...incidents.map(i => { const item = element("li"); item.append(incidentButton(i)); return item; }));
  byId("no-incidents").hidden = incidents.length > 0;
  byId("more").hidden = !token;
  const findings = (await get("/api/findings")).findings;
  byId("findings").hidden = findings.length === 0;
  byId("findings").querySelector("ul").replaceChildren(...findings.slice(0, 10).map(f => element("li", `${clock(f.lastAt)}: ${f.message}${f.count > 1 ? ` (${f.count} times)` : ""}`, "quiet")));
  if (!state.chosen && incidents.length > 0) choose(decodeURIComponent(location.hash.slice(1)) || incidents[0].id);
  else if (state.chosen) await show(state.chosen);
  byId("connection").textContent = `watching, ${incidents.filter(i => i.status === "open").length} open`;
};

// Nothing that somebody could see stays there for those who may no longer see it.
const clear = () => {
  state.stream?.source.close();
  Object.assign(state, { chosen: null, stream: null, shown: "", entered: false });
  byId("incidents").replaceChildren();
  byId("answer").replaceChildren();
  byId("question").value = "";
  byId("findings").querySelector("ul").replaceChildren();
  byId("detail").replaceChildren(element("p", "Choose an incident.", "quiet"));
};

const report = async failure => {
  byId("connection").textContent = `not connected: ${failure.message}`;
  if (!isRefusal(failure)) return;
  clear();
  await showRefusal(failure).catch(other => { byId("connection").textContent = `not connected: ${other.message}`; });
};

byId("more").addEventListener("click", () => { state.pages++; list().catch(report); });

const look = async () => {
  if (!state.entered) await enter();
  state.entered = true;
  await list();
  showContent();
};

const timer = { next: null, busy: false };
const tick = async () => {
  if (timer.busy) return;
  timer.busy = true;
  clearTimeout(timer.next);
  let pause = 3000;
  try {
    if (!document.hidden) await look();
  } catch (failure) {
    if (isRefusal(failure)) pause = 30000;
    await report(failure);
  }
  timer.busy = false;
  timer.next = setTimeout(tick, pause);
};
// A sign-in in another tab counts as soon as this one is looked at again.
document.addEventListener("visibilitychange", () => { if (!document.hidden && !state.entered) tick(); });
tick();
