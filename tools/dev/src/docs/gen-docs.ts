import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { documents, root } from "./documents.ts";

/** Writes sample configurations, Augeas lenses and man pages into the daemons' folders. @returns what was written */
export async function genDocs(): Promise<string[]> {
  const files = await documents();
  for (const [path, text] of files) writeFileSync(join(root, path), text);
  return [...files.keys()];
}
