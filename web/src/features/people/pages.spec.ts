import { describe, expect, it, vi } from 'vitest'
import { usePages } from './pages'

const source = (all: number[], size = 2) =>
	vi.fn(async (cursor: string | undefined) => {
		const from = Number(cursor ?? 0)
		const next = from + size < all.length ? String(from + size) : null
		return { items: all.slice(from, from + size), next }
	})

describe('usePages', () => {
	it('reads page by page, and anew as far as it was read', async () => {
		const all = [1, 2, 3, 4, 5]
		const list = usePages(source(all))
		await list.refresh()
		expect(list.items.value).toEqual([1, 2])
		await list.more()
		expect(list.items.value).toEqual([1, 2, 3, 4])
		all.unshift(0)
		await list.refresh()
		expect(list.items.value).toEqual([0, 1, 2, 3])
		await list.more()
		expect(list.items.value).toEqual([0, 1, 2, 3, 4, 5])
		expect(list.next.value).toBeNull()
	})

	it('shows what moved to the next page meanwhile once', async () => {
		const all = [1, 2, 3, 4]
		const list = usePages(source(all))
		await list.refresh()
		all.unshift(0)
		await list.more()
		expect(list.items.value).toEqual([1, 2, 3])
	})

	it('keeps what it has when reading failed', async () => {
		const fetch = source([1, 2])
		const list = usePages(fetch)
		await list.refresh()
		fetch.mockRejectedValueOnce(new Error('down'))
		await list.refresh()
		expect(list.items.value).toEqual([1, 2])
		expect(list.error.value).toBeInstanceOf(Error)
	})

	it('forgets a slow answer when a newer one was asked for', async () => {
		const answers: ((page: { items: string[]; next: null }) => void)[] = []
		const list = usePages<string>(() => new Promise((done) => answers.push(done)))
		const [slow, quick] = [list.refresh(), list.refresh()]
		answers[1]?.({ items: ['new'], next: null })
		answers[0]?.({ items: ['old'], next: null })
		await Promise.all([slow, quick])
		expect(list.items.value).toEqual(['new'])
	})
})
