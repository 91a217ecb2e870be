import { execFileSync } from "node:child_process";
import { join } from "node:path";

/**
 * A certificate for this machine that nobody has signed but itself, and its key, which guards nothing:
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost
 * -addext subjectAltName=DNS:localhost,IP:127.0.0.1`
 */
export const certificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4lNcOE0pqIdMWxSH
hGZT+/WISluueH2J5G41PrXtr6ShRANCAARrMkwOOY5dLgeKzdnq7BdZ1y+x7K1V
2MAl3lwe8PgdFCJpmB1raOMe+6m9MeJNFnqRGlp09Cox+q+nicx6eBJk
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUBmAOe91a077Mp9WFzkejK3HSzDUwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzEwMDY1MFoYDzIxMjYxMDMw
MTAwNjUwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARrMkwOOY5dLgeKzdnq7BdZ1y+x7K1V2MAl3lwe8PgdFCJpmB1raOMe
+6m9MeJNFnqRGlp09Cox+q+nicx6eBJko28wbTAdBgNVHQ4EFgQUb6pjYTL+EkOy
66RyaALmgnOos9swHwYDVR0jBBgwFoAUb6pjYTL+EkOy66RyaALmgnOos9swDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgcbe9Pi9lcQ0DMH4JOxiYFd59YBr73yckj7ZKvOj0ImICIGJ3
mBJN62xZsbE35EOwQHu+7zU8YByWs0r0Dv8ZqXp3
-----END CERTIFICATE-----
`,
};

/** Makes a certificate for `localhost` and its key, by itself or signed by `by`, and says where they lie. */
export function makeCertificate(folder: string, name: string, by?: Made): Made {
  const made = { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
  const names = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost"];
  const signed = by ? ["-CA", by.certFile, "-CAkey", by.keyFile] : [];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", made.keyFile];
  execFileSync("openssl", ["req", "-x509", ...key, "-out", made.certFile, "-days", "2", ...names, ...signed], {
    stdio: "pipe",
  });
  return made;
}

interface Made {
  certFile: string;
  keyFile: string;
}
