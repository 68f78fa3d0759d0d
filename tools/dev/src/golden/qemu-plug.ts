import type { DomainDef, DomainHooks } from "@libvirt-ts/conf/domain";
import type { Corpus, Row } from "./corpus.ts";

/** What the QEMU driver adds to the domain suites; `qemu/plug.ts` exports one as `plug`. */
export interface QemuPlug {
  /** The driver's part of filling in and checking, for the capabilities and host the case pretends. */
  hooks(row: Row, corpus: Corpus): DomainHooks;
  /**
   * The command line as the expected file shows it (README §3), from a filled-in definition.
   * May change `def`.
   */
  args?(def: DomainDef, row: Row, corpus: Corpus): string | Promise<string>;
}
