import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Uuid } from "@libvirt-ts/util/uuid";

const make = (code: ErrorCode, detail: string): VirError => new VirError(ErrorDomain.NETWORK, code, detail);

export const noNetworkNamed = (name: string): VirError =>
  make(ErrorCode.NO_NETWORK, `no network with matching name '${name}'`);

/** @param name as the caller remembers it, when it does */
export const noNetworkWithUuid = (uuid: Uuid, name?: string): VirError =>
  make(
    ErrorCode.NO_NETWORK,
    `no network with matching uuid '${uuid}'${name === undefined ? "" : ` (${name})`}`,
  );

export const noPortWithUuid = (uuid: Uuid): VirError =>
  make(ErrorCode.NO_NETWORK_PORT, `Network port with UUID ${uuid} does not exist`);

export const operationInvalid = (detail: string): VirError => make(ErrorCode.OPERATION_INVALID, detail);
export const operationFailed = (detail: string): VirError => make(ErrorCode.OPERATION_FAILED, detail);
export const configUnsupported = (detail: string): VirError => make(ErrorCode.CONFIG_UNSUPPORTED, detail);
export const internalError = (detail: string): VirError => make(ErrorCode.INTERNAL_ERROR, detail);

export const notActive = (name: string): VirError => operationInvalid(`network '${name}' is not active`);
