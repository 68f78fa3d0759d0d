import { existsSync, readFileSync, statSync } from "node:fs";
import { schemaNames } from "@libvirt-ts/conf/schema";
import { decodeXml } from "@libvirt-ts/xml";
import { Command } from "commander";
import { judge } from "./verdict.ts";

function read(file: string): string | undefined {
  if (file === "-") return decodeXml(readFileSync(0));
  return existsSync(file) && statSync(file).isFile() ? decodeXml(readFileSync(file)) : undefined;
}

new Command("virt-xml-validate")
  .description("Tells whether a document is valid, and where it is not.")
  .argument("[XML-FILE]", "the document; - for standard input")
  .argument("[SCHEMA-NAME]", `its kind, if the root element does not tell: ${schemaNames.join(", ")}`)
  .version("0.1.0", "-V, --version")
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "virt-xml-validate: ")) })
  .action((file: string | undefined, schema: string | undefined) => {
    const { status, lines } = judge(file, schema, read);
    for (const line of lines) console.error(line);
    process.exitCode = status;
  })
  .parse();
