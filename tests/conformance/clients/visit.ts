import { readFileSync } from "node:fs";
import { Connect } from "@libvirt-ts/client";
import { VirError } from "@libvirt-ts/errors";
import { waitFor } from "@libvirt-ts/testing";

/** visit.ts ACCESS FILE URI: what a visitor sees of a daemon, as JSON. ACCESS is "rw" or "ro", FILE a domain to define. */
const [access = "", file = "", uri = ""] = process.argv.slice(2);

/** @returns 0, or the code of what was thrown */
async function codeOf(act: () => Promise<void>): Promise<number> {
  try {
    await act();
    return 0;
  } catch (error) {
    if (error instanceof VirError) return error.code;
    throw error;
  }
}

async function visit(connect: Connect) {
  const type = await connect.getType();
  await connect.listAllDomains();
  let events = 0;
  await connect.on("domain.lifecycle", () => {
    events++;
  });
  const define = await codeOf(async () => {
    await (await connect.domainDefineXml({ xml: readFileSync(file, "utf8") })).undefine();
    await waitFor("both events", () => events === 2);
  });
  await connect.close();
  return { type, events, define };
}

let seen: object = {};
const refused = await codeOf(async () => {
  seen = await visit(await Connect.open(uri, { readOnly: access === "ro" }));
});
console.log(JSON.stringify(refused === 0 ? seen : { refused }));
process.exit(0);
