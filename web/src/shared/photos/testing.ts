/* Photos for tests. */
import type { PhotoSummary } from '@/api/client'
import type { PhotoSource } from './list'

export function photo(id: number, fields: Partial<PhotoSummary> = {}): PhotoSummary {
	return {
		id,
		kind: 'photo',
		width: 300,
		height: 200,
		taken: '2024-05-04T10:11:12',
		moment: 1_714_816_272_000 - id,
		blurhash: null,
		class: null,
		confidence: null,
		state: 'done',
		duration_s: null,
		...fields,
	}
}

/** Months that can be changed between calls, and the calls that were made. */
export function fakeSource(months: Record<string, number[]>, perPage = 3) {
	const calls: string[] = []
	const source: PhotoSource = {
		async segments() {
			calls.push('months')
			return Object.entries(months).map(([key, ids]) => ({ key, count: ids.length }))
		},
		async page(key, cursor) {
			calls.push(`${key}@${cursor ?? ''}`)
			const ids = months[key] ?? []
			const from = cursor ? Number(cursor) : 0
			const next = from + perPage < ids.length ? String(from + perPage) : null
			return { photos: ids.slice(from, from + perPage).map((id) => photo(id)), next }
		},
	}
	return { source, calls, months }
}
