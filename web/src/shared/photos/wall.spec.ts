import { describe, expect, it } from 'vitest'
import { PhotoList } from './list'
import { fakeSource } from './testing'
import { segmentSpace, WallGeometry } from './wall'

const options = { width: 1000, gap: 4, target: 200 }
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)

async function wallOf(months: Record<string, number[]>) {
	const fake = fakeSource(months, 200)
	const list = new PhotoList(fake.source)
	await list.refresh()
	const wall = new WallGeometry()
	wall.update(list, options, 48)
	return { wall, list, fake }
}

describe('WallGeometry', () => {
	it('estimates months before their photos are here', async () => {
		const { wall } = await wallOf({ '2024-05': range(1, 100), '2024-04': range(101, 1) })
		expect(wall.boxes.map((b) => b.top)).toEqual([0, (wall.boxes[0]?.height ?? 0) + segmentSpace])
		expect(wall.height).toBeGreaterThan((100 / 4) * 200)
	})

	it('asks for the months in sight only', async () => {
		const { wall } = await wallOf({ a: range(1, 100), b: range(101, 100), c: range(201, 100) })
		expect(wall.needs(0, 800).map((n) => n.key)).toEqual(['a'])
		const second = wall.boxes[1]?.top ?? 0
		expect(wall.needs(second - 100, second + 700).map((n) => n.key)).toEqual(['a', 'b'])
	})

	it('shows few rows of many', async () => {
		const { wall, list } = await wallOf({ a: range(1, 200) })
		await list.photoAt(0, -1)
		wall.update(list, options, 48)
		const [span] = wall.visible(3000, 3800)
		expect(span && span.to - span.from).toBeLessThan(8)
		expect(span?.from).toBeGreaterThan(8)
	})

	it('finds the row of a photo', async () => {
		const { wall, list } = await wallOf({ a: range(1, 30) })
		await list.photoAt(0, -1)
		wall.update(list, options, 48)
		const place = wall.rowOf('a', 20)
		expect(place && place.row.from <= 20 && place.row.to > 20).toBe(true)
		expect(place?.top).toBe(48 + (place?.row.top ?? 0))
		expect(wall.rowOf('a', 999)).toBeUndefined()
		expect(wall.rowOf('nothing', 0)).toBeUndefined()
	})

	it('lays a month out once while nothing in it changes', async () => {
		const { wall, list } = await wallOf({ a: range(1, 30), b: range(31, 30) })
		await list.photoAt(0, -1)
		wall.update(list, options, 48)
		const rows = wall.boxes[0]?.rows
		await list.photoAt(1, -1)
		wall.update(list, options, 48)
		expect(wall.boxes[0]?.rows).toBe(rows)
		wall.update(list, { ...options, width: 700 }, 48)
		expect(wall.boxes[0]?.rows).not.toBe(rows)
	})
})
