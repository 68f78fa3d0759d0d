import { findProblems, schemaNames, schemaOf } from "@libvirt-ts/conf/schema";
import { VirError } from "@libvirt-ts/errors";

/** As those of libvirt's script and of the validator it calls. */
const exit = {
  valid: 0,
  misused: 1,
  malformed: 1,
  noFile: 2,
  invalid: 3,
  unknownKind: 3,
  noSchema: 4,
} as const;

export interface Verdict {
  readonly status: number;
  /** For people, on standard error. */
  readonly lines: readonly string[];
}

const say = (status: number, line: string): Verdict => ({ status, lines: [line] });

/**
 * Judges one document.
 * @param name its kind; `undefined`: its root element tells
 * @param read the text of a file, `undefined` if there is no such file
 */
export function judge(
  file: string | undefined,
  name: string | undefined,
  read: (file: string) => string | undefined,
): Verdict {
  if (!file) return say(exit.misused, "syntax: virt-xml-validate XMLFILE [TYPE]");
  const text = read(file);
  if (text === undefined) return say(exit.noFile, `virt-xml-validate: document ${file} does not exist`);
  const wanted = name ?? schemaOf(text);
  if (wanted === undefined)
    return say(exit.unknownKind, `virt-xml-validate: cannot determine schema type for ${file}`);
  const schema = schemaNames.find((known) => known === wanted);
  if (schema === undefined) return say(exit.noSchema, `virt-xml-validate: schema ${wanted} does not exist`);
  try {
    const findings = findProblems(text, schema);
    const told = findings.map((each) => `${file}:${each.line}:${each.column}: ${each.path}: ${each.message}`);
    return findings.length === 0
      ? say(exit.valid, `${file} validates`)
      : { status: exit.invalid, lines: [...told, `${file} fails to validate`] };
  } catch (error) {
    if (error instanceof VirError) return say(exit.malformed, `${file}: ${error.message}`);
    throw error;
  }
}
