import { asTold, attr, child, element, fixed, type Infer, str, uint, variant } from "@libvirt-ts/xml";
import { chardevSource, checkChardevSource } from "../chardev.ts";
import { unsupported, xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

const named = {
  name: fixed("channel name", attr("name", str)),
  state: attrOneOf("state", ["connected", "disconnected"], { show: "live" }),
};

const compareForwards = asTold("channel addr", (_part, { address, port }) => `${address}:${port}`);

const ChannelTarget = element(
  "target",
  {
    type: fixed(
      "channel type",
      attrOneOf("type", ["guestfwd", "virtio", "xen"], {
        required: true,
        refuse: (text) => unsupported(`unknown target type '${text}' specified for character device`),
        missing: () => xmlError("target type must be specified for channel device"),
      }),
    ),
    $end: variant("type", {
      guestfwd: {
        address: fixed(compareForwards, attr("address", str)),
        port: fixed(compareForwards, attr("port", uint)),
      },
      virtio: named,
      xen: named,
    }),
  },
  {
    read(target) {
      if (target.type !== "guestfwd") return;
      if (target.address === undefined) throw xmlError("guestfwd channel does not define a target address");
      if (target.port === undefined) throw xmlError("guestfwd channel does not define a target port");
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
    read(device, from) {
      checkChardevSource(device.source, from, true);
      if (device.source.type === "spicevmc" && device.target.type !== "virtio") {
        throw xmlError("spicevmc device type only supports virtio");
      }
    },
  },
);
export type Channel = Infer<typeof Channel>;
