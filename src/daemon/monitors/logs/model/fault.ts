/** What may become of a question to a model, besides an answer. */
export const faultReasons = [
  "unreachable",
  "tls",
  "timeout",
  "stalled",
  "cut",
  "rate-limited",
  "quota",
  "unauthorized",
  "not-found",
  "context-length",
  "refused-request",
  "server-error",
  "redirect",
  "html",
  "empty",
  "bad-encoding",
  "too-large",
  "not-json",
  "no-choices",
  "refusal",
  "truncated",
  "wrong-shape",
  "cancelled",
  "bad-url",
  "budget",
] as const;
export type FaultReason = (typeof faultReasons)[number];

/** Why there is no answer. `message` is for people, and holds no key. */
export interface ModelFault {
  reason: FaultReason;
  message: string;
}

const sentences: Record<FaultReason, string> = {
  unreachable: "the model's server can't be reached: see that it runs, and what the setting model says its URL is",
  tls: "the model's server has a certificate that can't be trusted: give its authority in NODE_EXTRA_CA_CERTS",
  timeout: "the model took too long: lower the tokens per call, or take a faster one",
  stalled: "the model's answer stood still and was cut",
  cut: "the model's server cut the connection in mid-answer",
  "rate-limited": "the model's server asks for fewer questions",
  quota: "the model's account has no credit left: pay for more, or take another",
  unauthorized: "the model's server doesn't accept the key: give another in LLM_API_KEY or modelKey",
  "not-found": "the model's server knows no such model or path: check the URL and the model's name",
  "context-length": "the question is longer than the model can read: lower the tokens per call",
  "refused-request": "the model's server doesn't accept the question",
  "server-error": "the model's server has trouble of its own",
  redirect: "the model's server sends us elsewhere, and no redirect is followed: change the URL",
  html: "a web page came in place of the model's answer: check the URL",
  empty: "the model's answer is empty",
  "bad-encoding": "the model's answer isn't UTF-8",
  "too-large": "the model's answer is far too long and was cut",
  "not-json": "the model's answer isn't JSON",
  "no-choices": "the model's server answered without an answer",
  refusal: "the model declined to answer",
  truncated: "the model's answer broke off at its longest",
  "wrong-shape": "the model's answer hasn't the shape that was asked for",
  cancelled: "the question was taken back",
  "bad-url": "the model's URL isn't allowed",
  budget: "the tokens set aside for the model are used up: the setting model allows more",
};

/** The fault in words, with what is known besides. */
export const faultOf = (reason: FaultReason, detail = ""): ModelFault => ({
  reason,
  message: sentences[reason] + (detail && ` (${detail})`),
});
