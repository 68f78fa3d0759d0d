import { int, type Keys, managerKeys, optionalStr } from "@libvirt-ts/config";

export const virtlockdKeys = {
  ...managerKeys,
  ledger_dir: optionalStr({
    doc: "Directory shared by all hosts of a cluster in which each writes down who holds what. Locks never depend on it.",
    example: "/srv/images/.holders",
  }),
  lease_seconds: int(90, {
    min: 2,
    max: 3600,
    doc: "After this time a file server gives the locks of a silent host away; a third of it is how often locks on network file systems are asked for again.",
  }),
} satisfies Keys;
