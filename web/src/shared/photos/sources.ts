/* The views on the library that the photo wall can show. */
import { api, type ClassOrNone } from '@/api/client'
import { pageSize, type PhotoSource } from './list'

export interface Scope {
	class?: ClassOrNone
	album?: number
	person?: number
	own_class?: number
	trash?: 1
}

/** Photos by month; of one year only where that is given. */
export function monthSource(scope: Scope = {}, year = ''): PhotoSource {
	return {
		async segments(signal) {
			const { months } = await api.get('/api/v1/timeline/months', { query: scope, signal })
			return months.map(({ month, count }) => ({ key: month, count })).filter(({ key }) => key.startsWith(year))
		},
		page: (month, cursor, signal) =>
			api.get('/api/v1/photos', { query: { ...scope, month, cursor, limit: pageSize }, signal }),
	}
}

export function searchSource(q: string): PhotoSource {
	return {
		open: true,
		segments: async () => [{ key: 'results', count: pageSize / 4 }],
		page: (_, cursor, signal) => api.get('/api/v1/search', { query: { q, cursor, limit: pageSize }, signal }),
	}
}
