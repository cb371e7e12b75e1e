import { ApiError } from '@/api/client'
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { PhotoList, type PhotoSource } from './list'
import { fakeSource, photo } from './testing'

const months = () => ({ '2024-05': [1, 2, 3, 4, 5], '2024-04': [6, 7], '2023-01': [8] })

describe('PhotoList', () => {
	it('reads counts first and no photo', async () => {
		const { source, calls } = fakeSource(months())
		const list = new PhotoList(source)
		await list.refresh()
		expect(list.total).toBe(8)
		expect(calls).toEqual(['months'])
	})

	it('loads only what is in sight, only as far as needed', async () => {
		const { source, calls } = fakeSource(months())
		const list = new PhotoList(source)
		await list.refresh()
		list.need([{ key: '2024-05', upTo: 2 }])
		await flushPromises()
		expect(calls).toEqual(['months', '2024-05@'])
		list.need([{ key: '2024-05', upTo: 4 }])
		await flushPromises()
		expect(calls).toEqual(['months', '2024-05@', '2024-05@3'])
		expect(list.segment('2024-05')?.photos.map((p) => p.id)).toEqual([1, 2, 3, 4, 5])
	})

	it('breaks off what went out of sight', async () => {
		let aborted = false
		const source: PhotoSource = {
			segments: async () => [{ key: 'a', count: 9 }],
			page: (_, __, signal) =>
				new Promise((_resolve, reject) =>
					signal.addEventListener('abort', () => {
						aborted = true
						reject(new ApiError('aborted', '', 0))
					}),
				),
		}
		const list = new PhotoList(source)
		await list.refresh()
		list.need([{ key: 'a', upTo: 5 }])
		list.need([])
		await flushPromises()
		expect(aborted).toBe(true)
		expect(list.segment('a')?.error).toBeNull()
	})

	it('keeps an error with its month until it is tried again', async () => {
		const fake = fakeSource(months())
		let broken = true
		const list = new PhotoList({
			...fake.source,
			page: (key, cursor, signal) =>
				broken ? Promise.reject(new ApiError('network', 'gone', 0)) : fake.source.page(key, cursor, signal),
		})
		await list.refresh()
		list.need([{ key: '2024-04', upTo: 2 }])
		await flushPromises()
		expect(list.segment('2024-04')?.error?.code).toBe('network')
		broken = false
		list.retry('2024-04')
		await flushPromises()
		expect(list.segment('2024-04')?.photos).toHaveLength(2)
	})

	it('walks over the borders of months', async () => {
		const list = new PhotoList(fakeSource(months()).source)
		await list.refresh()
		await list.photoAt(0, 0)
		const seen = [1]
		for (let at = await list.neighbour(1, 1); at; at = await list.neighbour(at.id, 1)) seen.push(at.id)
		expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
		expect((await list.neighbour(6, -1))?.id).toBe(5)
		expect(await list.neighbour(1, -1)).toBeUndefined()
		expect(await list.neighbour(99, 1)).toBeUndefined()
	})

	it('takes photos out, and months that become empty', async () => {
		const list = new PhotoList(fakeSource(months()).source)
		await list.refresh()
		await list.photoAt(1, -1)
		await list.photoAt(2, -1)
		list.remove([8, 7, 12345])
		expect(list.segments.map((s) => [s.key, s.count])).toEqual([
			['2024-05', 5],
			['2024-04', 1],
		])
		expect(list.photo(7)).toBeUndefined()
	})

	it('reads anew only the months that changed', async () => {
		const fake = fakeSource(months())
		const list = new PhotoList(fake.source)
		await list.refresh()
		await list.photoAt(0, -1)
		await list.photoAt(1, -1)
		fake.months['2024-04'] = [10, 6, 7]
		fake.calls.length = 0
		await list.refresh()
		expect(fake.calls).toEqual(['months', '2024-04@'])
		expect(list.segment('2024-04')?.photos.map((p) => p.id)).toEqual([10, 6, 7])
	})

	it('reads anew a month whose photos are still being developed', async () => {
		let state: 'waiting' | 'done' = 'waiting'
		const list = new PhotoList({
			segments: async () => [{ key: 'a', count: 1 }],
			page: async () => ({ photos: [photo(1, { state })], next: null }),
		})
		await list.refresh()
		await list.photoAt(0, 0)
		state = 'done'
		await list.refresh()
		expect(list.photo(1)?.state).toBe('done')
	})

	it('changes one photo in place and tells the view', async () => {
		const list = new PhotoList(fakeSource(months()).source)
		await list.refresh()
		await list.photoAt(0, 0)
		const before = list.version.value
		list.patch(2, { class: 'animals' })
		expect(list.photo(2)?.class).toBe('animals')
		expect(list.version.value).toBeGreaterThan(before)
	})

	it('grows page by page when the count is not known', async () => {
		const { source } = fakeSource({ results: [1, 2, 3, 4] })
		const list = new PhotoList({ ...source, open: true, segments: async () => [{ key: 'results', count: 50 }] })
		await list.refresh()
		await list.photoAt(0, 0)
		expect(list.total).toBeGreaterThan(3)
		await list.photoAt(0, 3)
		expect(list.total).toBe(4)
	})

	it('says when the months themselves cannot be read', async () => {
		const list = new PhotoList({
			segments: () => Promise.reject(new ApiError('network', 'gone', 0)),
			page: async () => ({ photos: [], next: null }),
		})
		await list.refresh()
		expect(list.error.value?.code).toBe('network')
		expect(list.loaded.value).toBe(true)
	})
})
