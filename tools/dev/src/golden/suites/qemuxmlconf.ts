import {
  type DomainDef,
  type DomainHooks,
  formatDomain,
  parseDomain,
  readDomainSyntax,
} from "@libvirt-ts/conf/domain";
import { parseXml } from "@libvirt-ts/xml";
import type { Corpus, Row } from "../corpus.ts";
import { plug } from "../plug.ts";
import { countingBytes, zeroMac } from "../random.ts";
import { isWithin, type Suite } from "../suite.ts";

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function parse(text: string, row: Row, hooks: DomainHooks): DomainDef {
  return parseDomain(text, {
    inactive: true,
    abiUpdate: row.parseFlags?.includes("VIR_DOMAIN_DEF_PARSE_ABI_UPDATE") === true,
    random: countingBytes,
    newMac: zeroMac,
    defaultSecurityModel: "none",
    ...(row.arch !== undefined && { hostArch: row.arch }),
    hooks,
  });
}

/** Whether writing down what was read gives the text again, without any driver. */
function survives(text: string): boolean {
  try {
    const def = readDomainSyntax(parseXml(text), { inactive: true });
    return formatDomain(def, { inactive: true, secure: true }) === text;
  } catch {
    return false; // the step is a count; the real run reports the error
  }
}

/** Parse, fill in, check, format; the same again from the result; then the command line. */
export const suite: Suite = {
  async run(row, corpus) {
    const expectedXml = row.expected?.xml === undefined ? undefined : corpus.expected(row.expected.xml);
    const steps: { [step: string]: boolean } = {};
    if (expectedXml !== undefined) steps["xml reread"] = survives(expectedXml);
    const hooks = plug?.hooks(row, corpus) ?? {};
    let def: DomainDef;
    try {
      def = parse(corpus.text(row.input), row, hooks);
    } catch (error) {
      if (row.outcome === "parse-error") {
        const wanted = row.expected?.err;
        steps["parse error"] = wanted === undefined || corpus.expected(wanted).trimEnd() === message(error);
      } else steps.xml = false;
      return { error: message(error), steps };
    }
    if (row.outcome === "parse-error") {
      steps["parse error"] = false;
      return { steps };
    }
    const xml = formatDomain(def, { inactive: true, secure: true });
    steps.xml = xml === expectedXml;
    if (expectedXml !== undefined) {
      const again = attemptAgain(expectedXml, row, hooks);
      steps["xml again"] = again === expectedXml;
      if (again !== expectedXml && steps.xml) return { got: { xml: again }, steps };
    }
    if (!plug?.args) return { got: { xml }, steps };
    try {
      const args = await plug.args(def, row, corpus);
      if (row.expected?.args !== undefined) steps.args = corpus.expected(row.expected.args) === args;
      return { got: { xml, args }, steps };
    } catch (error) {
      return { got: { xml }, error: message(error), steps };
    }
  },
  withinWidth: (row, corpus, width) =>
    row.arch === "x86_64" &&
    row.outcome === "ok" &&
    (width ? isWithin(parseXml(corpus.text(row.input)), width) : isModelled(row, corpus)),
};

function attemptAgain(text: string, row: Row, hooks: DomainHooks): string {
  try {
    return formatDomain(parse(text, row, hooks), { inactive: true, secure: true });
  } catch (error) {
    return `failed: ${message(error)}`;
  }
}

/** Every element and attribute of the input has a declaration. */
function isModelled(row: Row, corpus: Corpus): boolean {
  let known = true;
  try {
    readDomainSyntax(parseXml(corpus.text(row.input)), { inactive: true, unknown: () => (known = false) });
  } catch {
    return false; // an input that cannot be read is outside the width
  }
  return known;
}
