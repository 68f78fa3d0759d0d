import type { NetworkDef } from "@libvirt-ts/conf/network";
import {
  applyNft,
  findRules,
  listTables,
  type NftHandle,
  type NftRule,
  removeNft,
} from "@libvirt-ts/firewall";
import type { NetworkHost } from "../world.ts";
import { checksumFix } from "./checksum.ts";
import { isRuleOf, nftEnsureTable, nftFamilies, nftRules, nftTable } from "./nftables.ts";
import { networkTraffic } from "./traffic.ts";

/** The firewall rules of networks in the kernel. */
export class NetworkFirewall {
  readonly #host: NetworkHost;
  #tablesMade = false;
  #canFixChecksums = true;

  constructor(host: NetworkHost) {
    this.#host = host;
  }

  /**
   * Puts a network's rules in place of those it had.
   * @returns what has to be kept to remove them
   */
  async apply(def: NetworkDef, bridge: string, had: readonly NftHandle[] = []): Promise<NftHandle[]> {
    return this.#change(nftRules(networkTraffic(def, bridge)), had);
  }

  /**
   * Renews the rules of several networks in one transaction. Theirs is what the kernel has, whatever is written:
   * a daemon killed between the two left handles behind that nobody knows.
   * @returns the handles, in the same order
   */
  async applyAll(networks: readonly { def: NetworkDef; bridge: string }[]): Promise<NftHandle[][]> {
    this.#tablesMade = false;
    const traffic = networks.map(({ def, bridge }) => networkTraffic(def, bridge));
    const listing = await this.#listing();
    const rules = traffic.map(nftRules);
    const handles = await this.#change(
      rules.flat(),
      traffic.flatMap((of) => findRules(listing, isRuleOf(of))),
    );
    return rules.map(({ length }) => handles.splice(0, length));
  }

  async remove(handles: readonly NftHandle[]): Promise<void> {
    const gone = await removeNft(this.#host.run, handles);
    if (gone > 0) this.#host.log.info({ gone }, "some firewall rules were gone already");
  }

  /** Removes the rules of a network whose handles are not known (it was being started when we were killed). */
  async sweep(def: NetworkDef, bridge: string): Promise<void> {
    await this.remove(findRules(await this.#listing(), isRuleOf(networkTraffic(def, bridge))));
  }

  /**
   * Has the checksums of DHCP answers filled in.
   * differs: a kernel that cannot is worth a warning, not a network that does not start.
   * @param hasQdisc the bridge has the queueing discipline the filter hangs on already
   */
  async fixChecksums(bridge: string, hasQdisc: boolean): Promise<void> {
    if (!this.#canFixChecksums) return;
    const { run, log } = this.#host;
    const { qdisc, filter } = checksumFix(bridge);
    const input = (hasQdisc ? [filter] : [qdisc, filter]).map((words) => `${words.join(" ")}\n`).join("");
    const { status, stderr } = await run("tc", ["-batch", "-"], { input });
    if (status === 0) return;
    if (!hasQdisc) await run("tc", ["qdisc", "delete", "dev", bridge, "root"]);
    if (this.#canFixChecksums) {
      log.warn(
        { reason: stderr.trim() },
        "cannot fill in checksums of DHCP answers with tc, going on without",
      );
    }
    this.#canFixChecksums = false;
  }

  #listing(): Promise<string> {
    return listTables(
      this.#host.run,
      nftFamilies.map((family) => ({ family, table: nftTable })),
    );
  }

  async #change(insert: readonly NftRule[], remove: readonly NftHandle[]): Promise<NftHandle[]> {
    const { run, log } = this.#host;
    const setup = nftFamilies.flatMap((family) => nftEnsureTable(family));
    try {
      const handles = await applyNft(run, { setup: this.#tablesMade ? [] : setup, remove, insert });
      this.#tablesMade = true;
      return handles;
    } catch (error) {
      // Somebody has changed our tables, or the whole rule set was replaced.
      log.info({ err: error }, "firewall tables are not as we left them, making them anew");
      await this.remove(remove);
      const handles = await applyNft(run, { setup, insert });
      this.#tablesMade = true;
      return handles;
    }
  }
}
