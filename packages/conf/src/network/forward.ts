import { attr, child, element, type Infer, list, oneOf, str, uint, xmlError, yesNo } from "@libvirt-ts/xml";
import { connections, PciDriver, pciAddressFields } from "./parts.ts";
import { ipText } from "./scalars.ts";

/** How guests reach the world; without `<forward>` they do not. */
export const forwardModes = [
  "nat",
  "route",
  "open",
  "bridge",
  "private",
  "vepa",
  "passthrough",
  "hostdev",
] as const;
export type ForwardMode = (typeof forwardModes)[number];

const Nat = element("nat", {
  ipv6: attr("ipv6", yesNo),
  address: child(
    element("address", {
      start: attr("start", ipText, { required: true }),
      end: attr("end", ipText),
    }),
  ),
  port: child(
    element(
      "port",
      { start: attr("start", uint, { required: true }), end: attr("end", uint, { required: true }) },
      {
        read({ start, end }) {
          if (start > 65535 || end > 65535) throw xmlError(`Invalid port range '${start}-${end}'.`);
        },
      },
    ),
  ),
});

export const ForwardInterface = element("interface", {
  dev: attr("dev", str, { required: true }),
  connections,
});
export type ForwardInterface = Infer<typeof ForwardInterface>;

const ForwardAddress = element("address", {
  type: attr(
    "type",
    oneOf(["pci"], (text) => xmlError(`unknown address type '${text}'`)),
    { required: true },
  ),
  ...pciAddressFields,
  connections,
});
export type ForwardAddress = Infer<typeof ForwardAddress>;

/**
 * `<forward>`. The attribute `dev` is another way to write the first `<interface>`: it is read into
 * `interfaces` and shown from there.
 */
export const Forward = element(
  "forward",
  {
    dev: attr("dev", str),
    mode: attr(
      "mode",
      oneOf(forwardModes, (text) => xmlError(`unknown forwarding type '${text}'`)),
      { default: "nat" },
    ),
    managed: attr("managed", yesNo, { omit: false }),
    driver: child(PciDriver),
    nat: child(Nat),
    pf: child(element("pf", { dev: attr("dev", str, { required: true }), connections })),
    interfaces: list(ForwardInterface),
    addresses: list(ForwardAddress),
  },
  {
    keepEmpty: true,
    read(forward) {
      const { dev, interfaces } = forward;
      delete forward.dev;
      if (dev === undefined) return;
      const first = interfaces[0];
      if (!first) interfaces.push({ dev });
      else if (first.dev !== dev) {
        throw xmlError(`<forward dev='${dev}'> must match first <interface dev='${first.dev}'/>`);
      }
    },
    view(forward, context) {
      if (!forward.pf) return { ...forward, dev: forward.interfaces[0]?.dev };
      // What a pool was filled with belongs to the running network.
      return context.inactive ? { ...forward, interfaces: [], addresses: [] } : forward;
    },
  },
);
export type Forward = Infer<typeof Forward>;
