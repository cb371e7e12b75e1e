import { describe, expect, it } from 'vitest'
import { aspectOf, estimateHeight, justify, lastAtOrAbove, nearestInRow, targetHeight } from './layout'

const options = { width: 1000, gap: 4, target: 200 }

describe('justify', () => {
	it('fills each row but the last to the pixel', () => {
		const aspects = Array.from({ length: 57 }, (_, i) => [1.5, 0.67, 1.78, 1][i % 4] ?? 1)
		const rows = justify(aspects, options)
		for (const row of rows.slice(0, -1)) {
			const last = row.lefts.length - 1
			expect((row.lefts[last] ?? 0) + (row.widths[last] ?? 0)).toBe(1000)
		}
	})

	it('holds every photo once, in order, without overlap', () => {
		const rows = justify(Array<number>(101).fill(1.5), options)
		expect(rows.flatMap((r) => Array.from({ length: r.to - r.from }, (_, i) => r.from + i))).toEqual(
			Array.from({ length: 101 }, (_, i) => i),
		)
		rows.forEach((row, i) => {
			const next = rows[i + 1]
			if (next) expect(next.top).toBe(row.top + row.height + 4)
			row.lefts.forEach((left, k) => {
				if (k > 0) expect(left).toBeGreaterThanOrEqual((row.lefts[k - 1] ?? 0) + (row.widths[k - 1] ?? 0))
			})
		})
	})

	it('keeps heights near the wanted one', () => {
		const aspects = Array.from({ length: 200 }, (_, i) => 0.6 + ((i * 7) % 13) / 8)
		for (const row of justify(aspects, options).slice(0, -1)) {
			expect(row.height).toBeGreaterThan(130)
			expect(row.height).toBeLessThan(290)
		}
	})

	it.each([
		['nothing', [], 0, 0],
		['one photo is not blown up', [1.5], 1, 200],
		['one panorama fits the width', [12], 1, 83],
	])('%s', (_, aspects, rows, height) => {
		const got = justify(aspects, options)
		expect(got).toHaveLength(rows)
		expect(got[0]?.height ?? 0).toBe(height)
	})

	it('lays out a hundred thousand photos at once', () => {
		const rows = justify(Array<number>(100_000).fill(1.5), options)
		expect(rows.at(-1)?.to).toBe(100_000)
	})
})

describe('aspectOf', () => {
	it.each([
		[{ width: 300, height: 200 }, 1.5],
		[{ width: null, height: null }, 4 / 3],
		[{ width: 10_000, height: 100 }, 3.2],
		[{ width: 100, height: 10_000 }, 0.5],
	])('%o', (photo, want) => expect(aspectOf(photo)).toBeCloseTo(want))
})

describe('helpers', () => {
	it('estimates near to what 4:3 photos need', () => {
		const rows = justify(Array<number>(400).fill(4 / 3), options)
		const last = rows.at(-1)
		const real = (last?.top ?? 0) + (last?.height ?? 0)
		expect(estimateHeight(400, options) / real).toBeGreaterThan(0.8)
		expect(estimateHeight(400, options) / real).toBeLessThan(1.25)
		expect(estimateHeight(0, options)).toBe(0)
	})

	it.each([
		[-5, 0],
		[0, 0],
		[99, 0],
		[100, 1],
		[250, 2],
		[9999, 3],
	])('finds the item at %d', (y, want) => {
		expect(lastAtOrAbove([{ top: 0 }, { top: 100 }, { top: 200 }, { top: 300 }], y)).toBe(want)
		expect(lastAtOrAbove([], y)).toBe(0)
	})

	it('finds the photo below another', () => {
		const row = justify([1, 1, 1, 1, 1], options)[0]
		expect(row).toBeDefined()
		if (row) expect([0, 500, 2000].map((x) => nearestInRow(row, x))).toEqual([0, 2, 4])
	})

	it('has smaller rows on smaller screens', () => {
		expect([360, 800, 1400].map(targetHeight)).toEqual([112, 150, 190])
	})
})
