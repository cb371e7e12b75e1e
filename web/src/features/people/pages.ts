/* A list that comes page by page, and is read anew when there is news: what was read stays until the newer is here. What
 * moved from one page to the next meanwhile is there once. */
import { ApiError } from '@/api/client'
import { ref, shallowRef } from 'vue'

export interface Page<T> {
	items: T[]
	next: string | null
}

export function usePages<T>(
	fetch: (cursor: string | undefined) => Promise<Page<T>>,
	key: (item: T) => unknown = (item) => item,
) {
	const items = shallowRef<T[]>([])
	const next = ref<string | null>(null)
	const loaded = ref(false)
	const error = ref<unknown>(null)
	let run = 0
	let loading = false

	async function read(from: string | undefined, before: T[], atLeast: number): Promise<void> {
		const mine = ++run
		loading = true
		let all = before
		let cursor = from
		try {
			do {
				const page = await fetch(cursor)
				if (mine !== run) return
				const known = new Set(all.map(key))
				all = [...all, ...page.items.filter((item) => !known.has(key(item)))]
				cursor = page.next ?? undefined
			} while (cursor !== undefined && all.length < atLeast)
			items.value = all
			next.value = cursor ?? null
			error.value = null
		} catch (cause) {
			if (mine !== run || (cause instanceof ApiError && cause.code === 'aborted')) return
			error.value = cause
		} finally {
			if (mine === run) {
				loading = false
				loaded.value = true
			}
		}
	}

	/** Reads from the start, as far as it was read before. */
	const refresh = () => read(undefined, [], items.value.length)

	async function more(): Promise<void> {
		if (!loading && next.value !== null) await read(next.value, items.value, 0)
	}

	return { items, next, loaded, error, refresh, more }
}
