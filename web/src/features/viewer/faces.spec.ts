import { describe, expect, it } from 'vitest'
import { boxBetween, nudge } from './faces'

describe('boxBetween', () => {
	it.each([
		['down right', { x: 0.25, y: 0.25 }, { x: 0.5, y: 0.75 }, { x: 0.25, y: 0.25, w: 0.25, h: 0.5 }],
		['up left', { x: 0.5, y: 0.75 }, { x: 0.25, y: 0.25 }, { x: 0.25, y: 0.25, w: 0.25, h: 0.5 }],
		['over the edge', { x: 0.5, y: 0.5 }, { x: 1.5, y: 2 }, { x: 0.5, y: 0.5, w: 0.5, h: 0.5 }],
		['a mere click', { x: 0.5, y: 0.5 }, { x: 0.501, y: 0.5 }, null],
	])('%s', (_, a, b, box) => expect(boxBetween(a, b)).toEqual(box))
})

describe('nudge', () => {
	const box = { x: 0.5, y: 0.5, w: 0.25, h: 0.25 }
	it.each([
		['moves', 0.125, 0, false, { ...box, x: 0.625 }],
		['stops at the edge', 1, 0, false, { ...box, x: 0.75 }],
		['grows', 0, 0.125, true, { ...box, h: 0.375 }],
		['never vanishes', -1, 0, true, { ...box, w: 0.02 }],
		['never leaves', 1, 0, true, { ...box, w: 0.5 }],
	])('%s', (_, dx, dy, resize, wanted) => expect(nudge(box, dx, dy, resize)).toEqual(wanted))
})
