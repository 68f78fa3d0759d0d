export { type Clock, systemClock } from "./keepalive.ts";
export type { OpenSocket, Socket, SocketEvents } from "./socket.ts";
