import { describeTestDriver } from "@libvirt-ts/api-suites";
import { ofLibvirt } from "./targets.ts";

describeTestDriver(ofLibvirt());
