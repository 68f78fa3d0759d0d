import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  formatQemuCaps,
  needsTcgProbe,
  parseQemuCaps,
  probe,
  probeTcg,
} from "@libvirt-ts/driver-qemu/command";
import type { Corpus } from "../corpus.ts";
import type { Suite } from "../suite.ts";

interface Reply {
  return?: unknown;
  error?: { desc: string };
}

class Refused extends Error {}

/** Plays a recorded conversation: every command must be the recorded one. */
class Replay {
  readonly #documents: unknown[];
  #position = 0;
  #serial = 0;

  constructor(corpus: Corpus, path: string) {
    const text = gunzipSync(readFileSync(join(corpus.root, path))).toString();
    this.#documents = text.split("\n\n").map((document): unknown => JSON.parse(document));
  }

  get isOver(): boolean {
    return this.#position === this.#documents.length;
  }

  /** A new QEMU: ids begin again. */
  async open(): Promise<void> {
    this.#serial = 0;
    await this.command("qmp_capabilities");
  }

  async command(name: string, args?: Record<string, unknown>): Promise<unknown> {
    const id = `libvirt-${++this.#serial}`;
    const sent = JSON.stringify({ execute: name, ...(args && { arguments: args }), id });
    const recorded = JSON.stringify(this.#documents[this.#position]);
    if (sent !== recorded) throw new Error(`sent ${sent}, recorded is ${recorded}`);
    const reply = this.#documents[this.#position + 1] as Reply; // commands and replies alternate
    this.#position += 2;
    if (reply.error) throw new Refused(reply.error.desc);
    return reply.return;
  }
}

export const suite: Suite = {
  async run(row, corpus) {
    const replay = new Replay(corpus, String(row.input));
    const isCommandError = (error: unknown) => error instanceof Refused;
    const origin = { binaryCtime: 0, selfCtime: 0, selfVersion: 0 };
    await replay.open();
    let caps = await probe(replay, {
      emulator: String(row.emulator),
      origin,
      isCommandError,
      hvf: row.case.endsWith("+hvf"),
    });
    if (needsTcgProbe(caps)) {
      await replay.open();
      const tcg = await probeTcg(replay, caps, { isCommandError });
      caps = { ...caps, microcodeVersion: Number(row.fakeMicrocodeVersion), accel: { ...caps.accel, tcg } };
    }
    if (!replay.isOver) throw new Error("not everything recorded was asked");
    const xml = formatQemuCaps(caps);
    if (formatQemuCaps(parseQemuCaps(xml)) !== xml)
      throw new Error("reading the text back gives another text");
    return { got: { xml } };
  },
};
