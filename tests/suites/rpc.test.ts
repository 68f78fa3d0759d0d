import { describeTestDriver } from "@libvirt-ts/api-suites";
import { byRpc } from "./targets.ts";

describeTestDriver(byRpc());
