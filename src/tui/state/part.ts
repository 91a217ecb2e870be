/** What a text is about; the view has a colour for each, and says the loud ones without colours too. */
export type Tone = "good" | "warn" | "bad" | "dim" | "strong" | "accent" | "invert" | "underline";

/** A piece of a line in one tone. */
export interface Part {
  text: string;
  tone?: Tone | undefined;
}

/** One line of the screen; what is too long is cut. */
export type StyledLine = readonly Part[];
