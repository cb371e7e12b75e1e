import { describe, expect, it } from 'vitest'
import { clamp, fitted, maxScale, swipeOf, zoomAt } from './zoom'

const frame = { width: 1000, height: 800, pictureWidth: 1000, pictureHeight: 500 }

describe('zoom', () => {
	it('keeps the point under the pointer', () => {
		const view = zoomAt(fitted, 2, 200, 0, frame)
		expect(view).toEqual({ scale: 2, x: -200, y: 0 })
		// The picture's point that was at 200 is at -200 + 2 · 200.
		expect(view.x + 2 * 200).toBe(200)
	})
	it('never shows less than the whole picture or more than the limit', () => {
		expect(zoomAt(fitted, 0.1, 50, 50, frame)).toEqual(fitted)
		expect(zoomAt(fitted, 1000, 0, 0, frame).scale).toBe(maxScale)
	})
	it('does not let the picture leave its frame', () => {
		expect(clamp({ scale: 2, x: 9999, y: -9999 }, frame)).toEqual({ scale: 2, x: 500, y: -100 })
		expect(clamp({ scale: 1, x: 30, y: 30 }, frame)).toEqual(fitted)
	})
})

it.each([
	[-60, 5, 100, 'next'],
	[60, 5, 100, 'previous'],
	[-60, 5, 900, null],
	[-160, 5, 900, 'next'],
	[5, 90, 100, 'close'],
	[5, -90, 100, null],
	[2, 2, 50, null],
] as const)('a finger that moved by %d, %d in %d ms: %s', (dx, dy, ms, want) => expect(swipeOf(dx, dy, ms)).toBe(want))
