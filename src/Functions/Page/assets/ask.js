// The question box: asks api/ask, shows what was understood, what each query gave, who made it and how sure they were. A query can be edited and run again.
// Everything shown is put in as text, never as markup: questions, names, log lines and queries come from outside.

import { element, post } from "./access.js";

const byId = id => document.getElementById(id);
const state = { turn: 0 };
const MOST_ROWS = 20;

const button = (text, act) => {
  const made = element("button", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
};

const names = labels => Object.entries(labels ?? {}).filter(([name]) => name !== "__name__").map(([name, value]) => `${name}=${value}`).join(" ");

// The exact numbers, as the source gave them.
const rows = data => {
  if (!data) return [];
  if (data.samples) return data.samples.slice(0, MOST_ROWS).map(s => `${s.value ?? "NaN"}  ${names(s.labels)}`);
  if (data.series) return data.series.slice(0, MOST_ROWS).map(s => `${s.points.length} points, last ${s.points.at(-1)?.[1] ?? "NaN"}  ${names(s.labels)}`);
  if (data.lines) return data.lines.slice(0, MOST_ROWS).map(l => `${l.at}  ${l.line}`);
  return [];
};

const details = data => {
  const found = rows(data);
  if (found.length === 0) return null;
  const shown = element("details");
  const total = data.total ?? found.length;
  shown.append(element("summary", `Data: ${Math.min(found.length, total)} of ${total}`), element("pre", found.join("\n")));
  return shown;
};

const body = (query, text) => {
  const asked = { query: text, datasource: query.source };
  if (query.language === "promql") return query.step ? { ...asked, start: query.start, end: query.end, step: query.step } : { ...asked, time: query.end };
  if (query.step) return { ...asked, start: query.start, end: query.end, step: query.step };
  return query.limit ? { ...asked, start: query.start, end: query.end, limit: query.limit } : { ...asked, end: query.end };
};

const again = async (query, text, place) => {
  place.replaceChildren(element("p", "running…", "quiet"));
  try {
    const answer = await post(query.language === "promql" ? "/api/grafana/query/prometheus" : "/api/grafana/query/loki", body(query, text));
    const found = rows(answer.data);
    place.replaceChildren(element("pre", found.length > 0 ? found.join("\n") : "no data"));
    for (const warning of answer.warnings ?? []) place.append(element("p", warning, "quiet"));
  } catch (failure) {
    place.replaceChildren(element("p", `not answered: ${failure.message}`));
  }
};

const queryCard = query => {
  const card = element("section", null, query.status === "success" ? "card" : "card gap");
  card.append(element("h4", query.purpose));
  const result = element("p");
  result.append(element("strong", query.summary ?? "not run"));
  card.append(result);
  const data = details(query.data);
  if (data) card.append(data);
  for (const warning of query.status === "error" ? [] : query.warnings ?? []) card.append(element("p", warning, "quiet"));
  const text = element("textarea");
  text.value = query.query;
  text.spellcheck = false;
  text.setAttribute("aria-label", `${query.language} query`);
  const place = element("div");
  const row = element("div", null, "row");
  row.append(button("Run again", () => again(query, text.value, place)));
  row.append(element("span", `${query.language}, made by ${query.madeBy}, ${Math.round(query.confidence * 100)} % sure: ${query.why}`, "quiet"));
  if (/^https?:\/\//.test(query.link ?? "")) {
    const link = element("a", "open in the source");
    link.href = query.link;
    link.rel = "noreferrer noopener";
    link.target = "_blank";
    row.append(link);
  }
  card.append(text, row, place);
  return card;
};

const choices = (answer, follows) => {
  const row = element("div", null, "row");
  row.append(element("span", "Did you mean:", "quiet"));
  for (const choice of answer.choices) row.append(button(choice.label, () => { byId("question").value = choice.question; ask(choice.question, follows); }));
  return row;
};

const followUp = answer => {
  const form = element("form");
  const field = element("input");
  field.type = "text";
  field.maxLength = 1000;
  field.placeholder = "and yesterday?";
  field.setAttribute("aria-label", "Follow-up question");
  const submit = element("button", "Follow up");
  submit.type = "submit";
  form.append(field, submit);
  form.addEventListener("submit", event => { event.preventDefault(); ask(field.value, answer.id); });
  return form;
};

const show = (answer, follows) => {
  const parts = [element("p", `Understood as ${answer.understanding.text}`, "quiet")];
  if (answer.remark) parts.push(element("p", answer.remark));
  for (const warning of answer.warnings ?? []) parts.push(element("p", warning, "quiet"));
  if (answer.choices?.length) parts.push(choices(answer, follows));
  parts.push(...(answer.queries ?? []).map(queryCard), followUp(answer));
  byId("answer").replaceChildren(...parts);
};

const ask = async (question, follows) => {
  if (!question.trim()) return;
  const turn = ++state.turn;
  byId("answer").replaceChildren(element("p", "asking…", "quiet"));
  try {
    const answer = await post("/api/ask", { question, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || undefined, follows });
    if (turn === state.turn) show(answer, follows);
  } catch (failure) {
    if (turn === state.turn) byId("answer").replaceChildren(element("p", `not answered: ${failure.message}`));
  }
};

byId("ask-form").addEventListener("submit", event => {
  event.preventDefault();
  ask(byId("question").value);
});
