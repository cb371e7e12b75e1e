/* Blurred colours that stand for a photo until it comes (woltapp/blurhash). */
import { decode, isBlurhashValid } from 'blurhash'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~'

/** The mean colour: characters 2 to 5 hold it as sRGB in base 83. */
export function averageColour(hash: string): string | undefined {
	let value = 0
	for (const c of hash.slice(2, 6)) {
		const digit = digits.indexOf(c)
		if (digit < 0) return undefined
		value = value * 83 + digit
	}
	return hash.length < 6 ? undefined : `rgb(${(value >> 16) & 255}, ${(value >> 8) & 255}, ${value & 255})`
}

const longSide = 20

export function paintBlurhash(canvas: HTMLCanvasElement, hash: string, aspect: number): void {
	if (!isBlurhashValid(hash).result) return
	const width = Math.max(2, Math.round(aspect >= 1 ? longSide : longSide * aspect))
	const height = Math.max(2, Math.round(aspect >= 1 ? longSide / aspect : longSide))
	canvas.width = width
	canvas.height = height
	const context = canvas.getContext('2d')
	if (!context) return
	const image = context.createImageData(width, height)
	image.data.set(decode(hash, width, height))
	context.putImageData(image, 0, 0)
}
