import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../docs/documents.ts";
import { buildDeb } from "./deb.ts";
import { packages } from "./packages.ts";

/** Builds all Debian packages into a folder. @returns their paths */
export async function buildPackages(out: string): Promise<string[]> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const architecture = execFileSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).trim();
  const epoch = sourceEpoch();
  return (await packages({ version, architecture })).map((deb) => buildDeb(deb, out, epoch));
}

/** SOURCE_DATE_EPOCH, else the time of the last commit. */
function sourceEpoch(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined) return Number(given);
  return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" }));
}
