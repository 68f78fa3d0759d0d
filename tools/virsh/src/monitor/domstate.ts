import { flag } from "@libvirt-ts/cli";
import { command } from "../context.ts";
import { findDomain } from "../support/lookup.ts";
import { domain } from "../support/options.ts";
import { reasonText, stateText } from "../support/state.ts";

export const domstate = command("domstate", {
  help: "tell what state a domain is in",
  options: { domain, reason: flag("and why") },
  async run({ domain, reason: withReason }, { connect, out }) {
    const { state, reason } = await (await findDomain(connect, domain)).getState();
    out.line(withReason ? `${stateText(state)} (${reasonText(state, reason)})` : stateText(state));
  },
});
