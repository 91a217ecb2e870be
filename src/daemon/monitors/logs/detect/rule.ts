import type { Severity } from "../../../../shared/model.ts";

/** When signs come to a finding. */
export interface Rule {
  name: string;
  /** Any of these counts. */
  signs: readonly string[];
  /** Whose doings are counted together. */
  by: "source" | "user" | "program" | "disk";
  /** So many lines, or so many different ones of `of`, within `withinMs` if it says so. */
  least: number;
  of?: "user" | "item" | "source";
  withinMs?: number;
  severity: Severity;
  /** With fewer lines than this it is only for information: what happens to everybody on the internet each day. */
  few?: number;
  /** Of a family only the first rule that fired for a subject is told. */
  family?: string;
  /** Only for a source that this rule fired for before. */
  after?: string;
  /** Only for a subject that the host's baseline never saw. */
  unseen?: boolean;
  /** What it is called by people, and what is counted, in the singular. */
  title: string;
  noun: string;
}

/** A rule for the sign of its name, by source, that one line is enough for, but for what `more` says. */
export const rule = (
  name: string,
  severity: Severity,
  title: string,
  noun: string,
  more: Partial<Omit<Rule, "name" | "severity" | "title" | "noun">> = {},
): Rule => ({ name, signs: [name], by: "source", least: 1, severity, title, noun, ...more });
