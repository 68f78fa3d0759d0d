import { writeFileSync } from "node:fs";
import { apiPolicy } from "./policy.ts";

writeFileSync(new URL("../../../../packaging/polkit/org.libvirt.api.policy", import.meta.url), apiPolicy());
