/* Pictures drawn here, so that no real photo lies in the repository: PNG files of sky, hills and a sun, each different. */
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from './png'

export interface Picture {
	name: string
	width: number
	height: number
	/** When it was taken: the file's time. */
	at: Date
	hue: number
}

export function picture(index: number, at: Date): Picture {
	const shapes = [[480, 320], [320, 480], [640, 360], [400, 400], [800, 300]] as const
	const [width, height] = shapes[index % shapes.length] ?? shapes[0]
	return { name: `drawn-${String(index).padStart(3, '0')}.png`, width, height, at, hue: (index * 47) % 360 }
}

function colour(hue: number, light: number): [number, number, number] {
	const part = (n: number) => {
		const k = (n + hue / 30) % 12
		return Math.round(255 * (light - 0.5 * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
	}
	return [part(0), part(8), part(4)]
}

function pixel(p: Picture, x: number, y: number): [number, number, number] {
	const u = x / p.width
	const v = y / p.height
	if (Math.hypot((u - 0.7) * p.width, (v - 0.25) * p.height) < p.height / 9) return colour(48, 0.85)
	if (v > 0.72 + 0.08 * Math.sin(u * 9 + p.hue)) return colour(p.hue + 130, 0.22 + u / 8)
	if (v > 0.55 + 0.12 * Math.sin(u * 5 + p.hue)) return colour(p.hue + 90, 0.36)
	return colour(p.hue, 0.85 - v / 3)
}

export function png(p: Picture): Buffer {
	const raw = Buffer.alloc(p.height * (1 + p.width * 3))
	for (let y = 0, at = 0; y < p.height; y++) {
		raw[at++] = 0
		for (let x = 0; x < p.width; x++) for (const c of pixel(p, x, y)) raw[at++] = c
	}
	const head = Buffer.alloc(13)
	head.writeUInt32BE(p.width, 0)
	head.writeUInt32BE(p.height, 4)
	head.set([8, 2, 0, 0, 0], 8)
	const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))]
	return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts])
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
	const out = Buffer.alloc(body.length + 8)
	out.writeUInt32BE(data.length, 0)
	body.copy(out, 4)
	out.writeUInt32BE(crc32(body), body.length + 4)
	return out
}

/** Writes `count` pictures, two to a month going back from May 2024; returns their paths. */
export async function drawPictures(folder: string, count: number): Promise<string[]> {
	await mkdir(folder, { recursive: true })
	return Promise.all(
		Array.from({ length: count }, async (_, i) => {
			const p = picture(i, new Date(Date.UTC(2024, 4 - Math.floor(i / 2), 20 - (i % 2), 12)))
			const path = join(folder, p.name)
			await writeFile(path, png(p))
			await utimes(path, p.at, p.at)
			return path
		}),
	)
}
