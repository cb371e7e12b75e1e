/* Server-sent events about the work on new photos. The browser connects anew by itself; close() ends it. */
import type { Progress } from './client'

export function watchProgress(onProgress: (progress: Progress) => void): { close(): void } {
	const source = new EventSource('/api/v1/jobs/events')
	source.addEventListener('progress', (event) => {
		onProgress(JSON.parse((event as MessageEvent<string>).data) as Progress)
	})
	return source
}
