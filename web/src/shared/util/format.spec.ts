import { describe, expect, it } from 'vitest'
import * as f from './format'

describe('format', () => {
	it.each([
		[0, '0 B'],
		[999, '999 B'],
		[1000, '1 kB'],
		[1_234_567, '1.2 MB'],
		[123_456_789, '123 MB'],
		[999_960, '1 MB'],
		[5e12, '5 TB'],
		[5e16, '50,000 TB'],
	])('%d bytes', (n, want) => expect(f.formatBytes(n, 'en')).toBe(want))

	it.each([
		[7, '0:07'],
		[75, '1:15'],
		[3675, '1:01:15'],
		[59.7, '1:00'],
	])('%d seconds of video', (n, want) => expect(f.formatDuration(n)).toBe(want))

	it.each([
		[0.004, '1/250 s'],
		[0.25, '1/4 s'],
		[0.5, '0.5 s'],
		[30, '30 s'],
	])('exposure %d', (n, want) => expect(f.formatExposure(n, 'en')).toBe(want))

	it.each([
		[0.2, 'seconds', 1],
		[59, 'seconds', 59],
		[300, 'minutes', 5],
		[7200, 'hours', 2],
	] as const)('%d s left', (n, unit, want) => expect(f.coarseTime(n)).toEqual({ unit, n: want }))

	it('shows months and wall times as they were, in both languages', () => {
		expect(f.formatMonth('2019-05', 'en')).toBe('May 2019')
		expect(f.formatMonth('2019-05', 'zh')).toBe('2019年5月')
		expect(f.formatWall('2019-05-04T10:11:12', 'en-GB')).toContain('10:11')
		expect(f.formatWall('2019-05-04T10:11:12', 'en-GB', false)).toBe('4 May 2019')
	})

	it('shows positions on all four quarters', () => {
		expect(f.formatPosition(35.01, 135.76, 'en')).toBe('35.01° N, 135.76° E')
		expect(f.formatPosition(-33.9, -70.6, 'en')).toBe('33.9° S, 70.6° W')
	})

	it('shows shares', () => expect(f.formatPercent(0.974, 'en')).toBe('97%'))
})
