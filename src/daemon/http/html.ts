/** A piece of HTML that is safe to send. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Markup as it is written, with every value in it escaped for text and quoted attributes; nothing for what isn't there. */
export const html = (markup: TemplateStringsArray, ...values: (string | Html | undefined)[]): Html =>
  new Html(String.raw(markup, ...values.map((value) => (value instanceof Html ? value.text : escape(value ?? "")))));
