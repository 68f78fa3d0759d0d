import {
  asTold,
  attr,
  child,
  element,
  fixed,
  type Infer,
  type Scalar,
  str,
  uint,
  variant,
} from "@libvirt-ts/xml";
import { ipText } from "../../network/scalars.ts";
import { chardevSource, readChardev } from "../chardev.ts";
import { unsupported, xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

const named = {
  name: fixed("channel name", attr("name", str)),
  state: attrOneOf("state", ["connected", "disconnected"], { show: "live" }),
};

const compareForwards = asTold("channel addr", (_part, { address, port }) => `${address}:${port}`);

const unknownTarget = (text: string) =>
  unsupported(`unknown target type '${text}' specified for character device`);

const numericAddress = ipText();
const forwardAddress: Scalar<string> = {
  ...str,
  parse(text, element, attr) {
    const address = numericAddress.parse(text, element, attr);
    if (address.includes(":")) throw unsupported("guestfwd channel only supports IPv4 addresses");
    return address;
  },
};
/** A port has 16 bits, whatever is written. */
const forwardPort: Scalar<number> = {
  ...uint,
  parse: (text, from, name) => uint.parse(text, from, name) % 0x10000,
};

const ChannelTarget = element(
  "target",
  {
    type: fixed(
      "channel type",
      attrOneOf("type", ["none", "guestfwd", "virtio", "xen"], {
        required: true,
        refuse: unknownTarget,
        missing: () => unknownTarget("(null)"),
      }),
    ),
    $end: variant("type", {
      none: named,
      guestfwd: {
        address: fixed(compareForwards, attr("address", forwardAddress)),
        port: fixed(
          compareForwards,
          attr("port", forwardPort, { required: true, strict: { required: false } }),
        ),
      },
      virtio: named,
      xen: named,
    }),
  },
  {
    read(target) {
      if (target.type !== "guestfwd") return;
      if (target.address === undefined) throw xmlError("guestfwd channel does not define a target address");
    },
  },
);

/** A named pipe into the guest: for agents, or a forwarded address. */
export const Channel = element(
  "channel",
  {
    source: chardevSource,
    target: child(ChannelTarget, {
      required: true,
      missing: () => xmlError("target type must be specified for channel device"),
    }),
    ...info,
  },
  {
    read: (device, from) => readChardev(device.source, from),
  },
);
export type Channel = Infer<typeof Channel>;
