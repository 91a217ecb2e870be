/**
 * Node's own HTTP. An import of it would read all that it exports, and so load Node's `fetch`: 14 MB and 15 ms, in
 * whatever program that happens.
 */
export const http = process.getBuiltinModule("node:http");
export const https = process.getBuiltinModule("node:https");
