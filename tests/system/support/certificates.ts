import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes an authority, a server and a client known to each other, as libvirt names the files: `cacert.pem`,
 * `serverkey.pem` …
 * @param dir folder they lie in
 * @param o.host address of the server
 * @param o.client the client's name, as openssl takes it: "/CN=client"
 */
export function makeCertificates(
  dir: string,
  { host, client = "/CN=client" }: { host: string; client?: string },
): void {
  const at = (name: string) => join(dir, name);
  writeFileSync(at("openssl.conf"), "[req]\ndistinguished_name = dn\n[dn]\n");
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const issue = (name: string, subject: string, extensions: string[], issuer: string[] = []) => {
    const files = [
      "-config",
      at("openssl.conf"),
      "-keyout",
      at(`${name}key.pem`),
      "-out",
      at(`${name}cert.pem`),
    ];
    const more = extensions.flatMap((extension) => ["-addext", extension]);
    const args = ["req", "-x509", "-days", "2", "-subj", subject, ...key, ...files, ...issuer, ...more];
    execFileSync("openssl", args, { stdio: "pipe" });
  };
  const byCa = ["-CA", at("cacert.pem"), "-CAkey", at("cakey.pem")];
  const end = ["basicConstraints=CA:FALSE", `subjectAltName=IP:${host}`];
  issue("ca", "/CN=ca", ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"]);
  issue("server", "/CN=server", end, byCa);
  issue("client", client, end, byCa);
}
