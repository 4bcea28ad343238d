const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32/ISO-HDLC (zip, Ethernet; reflected 0xEDB88320) of bytes; pass a former result to go on. */
export function crc32Bytes(bytes: ArrayLike<number>, former = 0): number {
  let crc = ~former;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The same over 32-bit words, each taken as four bytes, least significant first. */
export function crc32Words(words: ArrayLike<number>, former = 0): number {
  let crc = ~former;
  for (let i = 0; i < words.length; i++) {
    crc ^= words[i];
    for (let byte = 0; byte < 4; byte++) crc = table[crc & 0xff] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
