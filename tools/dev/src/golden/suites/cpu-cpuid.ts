import {
  type CpuModel,
  decode,
  featuresOf,
  modelOfGuest,
  parseCpuid,
  parseGuestCpu,
  readCpuid,
  readQemuProperties,
  type Signature,
  signatureNumber,
  type UsableModel,
  updateLive,
  type X86Data,
} from "@libvirt-ts/cpu";
import type { Corpus, Row } from "../corpus.ts";
import { asGuest, asHost, inputText } from "../cpu.ts";
import type { Suite } from "../suite.ts";

/** Replies of QEMU as they are recorded. */
interface Replies {
  properties: { name: string; value: unknown }[];
  models?: UsableModel[];
}

function repliesOf(row: Row, corpus: Corpus): Replies {
  const documents = inputText(row, corpus, "monitor").split("\n\n");
  const [expansion, definitions] = documents.map((document) => JSON.parse(document).return);
  const properties = Object.entries<unknown>(expansion.model.props).map(([name, value]) => ({ name, value }));
  if (definitions === undefined) return { properties };
  const models = (definitions as { name: string; "unavailable-features"?: string[] }[]).map((model) => ({
    name: model.name,
    blockers: model["unavailable-features"] ?? [],
  }));
  return { properties, models };
}

const cpuidOf = (row: Row, corpus: Corpus, name = "cpuid"): X86Data =>
  readCpuid(parseCpuid(inputText(row, corpus, name)));

const hasMonitor = (row: Row) => "monitor" in (row.inputs as object); // the README's format

/** The text the numbers are shown in. */
function showSignature(signature: Signature | undefined): string {
  if (!signature) return "";
  const number = signatureNumber(signature).toString(16).padStart(6, "0");
  const line = (name: string, value: number) =>
    `${name}${String(value).padStart(13 - name.length)} (0x${value.toString(16).padStart(2, "0")})\n`;
  const { family, model, stepping } = signature;
  return `${number}\n${line("family:", family)}${line("model:", model)}${line("stepping:", stepping)}`;
}

const modes: Record<string, (row: Row, corpus: Corpus) => Record<string, string>> = {
  host: (row, corpus) => ({
    xml: asHost(row.arch ?? "", decode(cpuidOf(row, corpus), { as: "host" })),
  }),
  guest(row, corpus) {
    const models = hasMonitor(row) ? repliesOf(row, corpus).models : undefined;
    return { xml: asGuest(decode(cpuidOf(row, corpus), { as: "guest", models }), "forbid") };
  },
  signature: (row, corpus) => ({ sig: showSignature(cpuidOf(row, corpus).signature) }),
  "qemu-json"(row, corpus) {
    const { properties, models } = repliesOf(row, corpus);
    return { xml: asGuest(decode(readQemuProperties(properties), { as: "guest", models }), "forbid") };
  },
  "qemu-json-signature": (row, corpus) => ({
    sig: showSignature(readQemuProperties(repliesOf(row, corpus).properties).signature),
  }),
  "update-live"(row, corpus) {
    const enabled = cpuidOf(row, corpus, "enabled").features;
    const disabled = cpuidOf(row, corpus, "disabled").features;
    const live: CpuModel = modelOfGuest(
      updateLive(parseGuestCpu(inputText(row, corpus, "cpu")), { enabled, disabled }),
    );
    // The same features may be said with another model.
    const text = corpus.expected(row.expected?.equivalentXml);
    const isSame = featuresOf(live) === featuresOf(modelOfGuest(parseGuestCpu(text)));
    return { equivalentXml: isSame ? text : asGuest(live, "forbid") };
  },
};

export const suite: Suite = {
  run(row, corpus) {
    const mode = modes[String(row.mode)];
    if (!mode) throw new Error(`no mode ${row.mode}`);
    return { got: mode(row, corpus) };
  },
};
