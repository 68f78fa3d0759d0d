import { describeHypervisor } from "@libvirt-ts/api-suites";
import { qemu } from "./targets.ts";

describeHypervisor(qemu());
