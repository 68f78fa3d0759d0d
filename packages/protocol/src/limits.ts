/** Bytes of the length word in front of every frame; it counts itself. */
export const LENGTH_SIZE = 4;
/** Bytes of the header behind the length word. */
export const HEADER_SIZE = 24;
/** The smallest frame: length word and header, no payload. */
export const FRAME_MIN = LENGTH_SIZE + HEADER_SIZE;
/** The largest length word that is accepted; what is larger closes the connection. */
export const FRAME_MAX = 33_554_432 + LENGTH_SIZE;
/** The most payload a frame can carry. */
export const PAYLOAD_MAX = 33_554_432 - HEADER_SIZE;
/** The most bytes of stream data to send in one frame; receivers accept more. */
export const STREAM_DATA_MAX = 262_120;
/** The longest string, in bytes. */
export const STRING_MAX = 4_194_304;
/** The most file descriptors behind one message. */
export const FDS_MAX = 32;
