import type { Settings } from "../../shared/model.ts";

/** By what the line is judged until somebody changes it: well-known addresses of different operators, of each layer some. */
export const defaultTargets: Settings["line"]["targets"] = [
  { name: "gateway", type: "gateway", options: {} },
  { name: "cloudflare", type: "tcp", options: { host: "1.1.1.1", port: 443, connections: 5 } },
  { name: "google", type: "tcp", options: { host: "8.8.8.8", port: 443, connections: 5 } },
  { name: "quad9", type: "tcp", options: { host: "9.9.9.9", port: 443, connections: 5 } },
  { name: "dns", type: "dns", options: { name: "example.com" } },
  { name: "dns-cloudflare", type: "dns", options: { resolver: "1.1.1.1", name: "example.com" } },
  { name: "dns-quad9", type: "dns", options: { resolver: "9.9.9.9", name: "example.com" } },
  {
    name: "portal-google",
    type: "http",
    options: { url: "http://connectivitycheck.gstatic.com/generate_204", status: "204", captive: true },
  },
  {
    name: "portal-mozilla",
    type: "http",
    options: { url: "http://detectportal.firefox.com/success.txt", contains: "success", captive: true },
  },
];
