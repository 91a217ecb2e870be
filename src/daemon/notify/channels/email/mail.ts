import { createHash } from "node:crypto";
import type { Notice } from "../../channel.ts";
import { cut, factsOf, sourceOf, toneOf } from "../text.ts";
import type { Tone } from "../text.ts";

const limits = { subject: 250, reason: 50_000 };

const colours: Record<Tone, string> = {
  critical: "#d92d20",
  warning: "#f79009",
  info: "#667085",
  acknowledged: "#2e90fa",
  resolved: "#12b76a",
};

/**
 * A message as nodemailer takes it. Its id is the same for every try, so that a repeat is folded away; `first` is the
 * id of the alert's first message. What isn't an answer to it (a reminder) is in its thread by their common root.
 */
export function mailOf(notice: Notice, { from, to }: { from: string; to: string[] }, first?: string) {
  const { alert, key, title, event } = notice;
  const idOf = (...parts: unknown[]): string => {
    const digest = createHash("sha256").update(JSON.stringify([from, alert?.id, alert?.raisedAt, ...parts]));
    return `<${digest.digest("hex").slice(0, 40)}@${from.slice(from.lastIndexOf("@") + 1)}>`;
  };
  return {
    from: { name: "Sentinel", address: from },
    to,
    subject: cut(title || event, limits.subject),
    messageId: idOf(key),
    ...(first ? { inReplyTo: first } : {}),
    references: [...(alert ? [idOf()] : []), ...(first ? [first] : [])],
    // RFC 3834: nobody's absence is to answer.
    headers: { "Auto-Submitted": "auto-generated" },
    text: textOf(notice),
    html: htmlOf(notice),
  };
}

function textOf(notice: Notice): string {
  const facts = factsOf(notice).map(([name, value]) => `${name}: ${value}`);
  const links = (notice.actions ?? []).map(({ label, url }) => `${label}: ${url}`);
  const parts = [[cut(notice.reason, limits.reason)], facts, links, ["-- ", sourceOf(notice)]];
  return parts
    .map((lines) => lines.filter(Boolean).join("\n"))
    .filter(Boolean)
    .join("\n\n");
}

function htmlOf(notice: Notice): string {
  const facts = factsOf(notice).map(([name, value]) => `<tr><td>${name}&emsp;</td><td>${escaped(value)}</td></tr>`);
  const links = (notice.actions ?? []).map(({ label, url }) => `<a href="${escaped(url)}">${escaped(label)}</a>`);
  return [
    `<div style="font-family:sans-serif;border-left:6px solid ${colours[toneOf(notice)]};padding-left:12px">`,
    `<h3>${escaped(notice.title)}</h3>`,
    `<p>${escaped(cut(notice.reason, limits.reason))}</p>`,
    `<table>${facts.join("")}</table>`,
    links.length > 0 ? `<p>${links.join(" · ")}</p>` : "",
    `<p style="color:#667085">${escaped(sourceOf(notice))}</p></div>`,
  ].join("\n");
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);
