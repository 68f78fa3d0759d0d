import type { Scalar } from "@libvirt-ts/xml";

const knownModels = [
  "netfront",
  "rtl8139",
  "virtio",
  "e1000",
  "e1000e",
  "igb",
  "virtio-transitional",
  "virtio-non-transitional",
  "usb-net",
  "spapr-vlan",
  "lan9118",
  "scm91c111",
  "vlance",
  "vmxnet",
  "vmxnet2",
  "vmxnet3",
  "Am79C970A",
  "Am79C973",
  "82540EM",
  "82545EM",
  "82543GC",
];
const modelSpelling = new Map(knownModels.map((name) => [name.toLowerCase(), name]));

/** Whether libvirt itself knows the model; all others are handed to the emulator. */
export const isKnownNetModel = (model: string): boolean => modelSpelling.get(model.toLowerCase()) === model;

/** Models of cards; known ones in any mixture of cases. */
export const netModel: Scalar<string> = {
  parse: (text) => modelSpelling.get(text.toLowerCase()) ?? text,
  format: (value) => value,
};
