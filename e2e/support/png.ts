/* What PNG needs of compression: node 18 has no crc32 of its own. */
export { deflateSync } from 'node:zlib'

const table = Uint32Array.from({ length: 256 }, (_, n) => {
	let c = n
	for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
	return c
})

export function crc32(data: Buffer): number {
	let c = 0xffffffff
	for (const byte of data) c = (table[(c ^ byte) & 255] ?? 0) ^ (c >>> 8)
	return (c ^ 0xffffffff) >>> 0
}
