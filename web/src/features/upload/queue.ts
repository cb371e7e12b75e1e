/* The upload queue: a few files at a time, each with its progress and its end. A failure never stops the others;
 * trouble on the way (network, busy server) is tried again by itself, a refusal is shown with its reason. */
import { ApiError, type UploadResult } from '@/api/client'
import { computed, shallowReactive, shallowRef, triggerRef } from 'vue'

export type UploadState = 'waiting' | 'sending' | 'imported' | 'duplicate' | 'rejected' | 'failed'

export interface UploadItem {
	id: number
	file: File
	state: UploadState
	sent: number
	reason: string
	tries: number
	restore: boolean
	photo: number | null
}

export type Send = (
	file: File,
	options: { signal: AbortSignal; restore: boolean; onProgress(sent: number): void },
) => Promise<UploadResult>

export interface QueueOptions {
	send: Send
	parallel?: number
	/** Tries of one file before it counts as failed. */
	tries?: number
	wait?: (ms: number, signal: AbortSignal) => Promise<void>
	explain?: (error: unknown) => string
	onIdle?: (imported: number) => void
	onImported?: () => void
}

const pause = (ms: number, signal: AbortSignal) =>
	new Promise<void>((resolve) => {
		const timer = setTimeout(resolve, ms)
		signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
	})

const passing = new Set(['network', 'busy', 'timeout', 'internal'])

export function createUploadQueue(options: QueueOptions) {
	const { send, parallel = 3, tries = 4, wait = pause, explain = String } = options
	const items = shallowRef<UploadItem[]>([])
	let last = 0
	let running = 0
	let imported = 0
	let stop = new AbortController()

	const counts = computed(() => {
		const sums: Record<UploadState, number> = {
			waiting: 0,
			sending: 0,
			imported: 0,
			duplicate: 0,
			rejected: 0,
			failed: 0,
		}
		let bytes = 0
		let sent = 0
		for (const item of items.value) {
			sums[item.state]++
			bytes += item.file.size
			sent +=
				item.state === 'waiting' || item.state === 'failed'
					? 0
					: item.state === 'sending'
						? item.sent
						: item.file.size
		}
		const total = items.value.length
		return { ...sums, total, bytes, sent, done: total - sums.waiting - sums.sending }
	})
	const active = computed(() => counts.value.waiting + counts.value.sending > 0)

	function add(files: Iterable<File>): number {
		const fresh = [...files].map(
			(file): UploadItem =>
				shallowReactive({
					id: ++last,
					file,
					state: 'waiting',
					sent: 0,
					reason: '',
					tries: 0,
					restore: false,
					photo: null,
				}),
		)
		items.value = [...items.value, ...fresh]
		pump()
		return fresh.length
	}

	function pump(): void {
		while (running < parallel) {
			const item = items.value.find((i) => i.state === 'waiting')
			if (!item) break
			running++
			item.state = 'sending'
			void run(item, stop.signal).finally(() => {
				running--
				pump()
			})
		}
		triggerRef(items)
		if (running === 0 && !active.value && imported > 0) {
			options.onIdle?.(imported)
			imported = 0
		}
	}

	async function run(item: UploadItem, signal: AbortSignal): Promise<void> {
		for (;;) {
			item.sent = 0
			item.tries++
			try {
				finish(
					item,
					await send(item.file, { signal, restore: item.restore, onProgress: (n) => (item.sent = n) }),
				)
				return
			} catch (cause) {
				const error = cause instanceof ApiError ? cause : null
				if (error && passing.has(error.code) && item.tries < tries && !signal.aborted) {
					await wait(error.retryAfter ? error.retryAfter * 1000 : 1000 * 2 ** (item.tries - 1), signal)
					if (!signal.aborted) continue
				}
				item.sent = 0
				const refused = error !== null && ['too_big', 'unsupported_type', 'invalid'].includes(error.code)
				item.state = refused ? 'rejected' : 'failed'
				item.reason = explain(cause)
				return
			}
		}
	}

	function finish(item: UploadItem, result: UploadResult): void {
		item.state = result.status
		item.reason = result.reason ?? ''
		item.photo = result.id
		item.sent = item.file.size
		if (result.status === 'imported') {
			imported++
			options.onImported?.()
		}
	}

	function retry(chosen: Iterable<UploadItem>, restore = false): void {
		for (const item of chosen) {
			if (item.state !== 'failed' && item.state !== 'rejected') continue
			Object.assign(item, { state: 'waiting', reason: '', tries: 0, sent: 0, restore })
		}
		pump()
	}

	const retryFailed = () => retry(items.value.filter((i) => i.state === 'failed'))

	/** What is under way is broken off; it can be tried again. */
	function cancel(reason: string): void {
		for (const item of items.value) {
			if (item.state === 'waiting') Object.assign(item, { state: 'failed', reason })
		}
		stop.abort()
		stop = new AbortController()
		triggerRef(items)
	}

	function clear(): void {
		items.value = items.value.filter((i) => i.state === 'waiting' || i.state === 'sending')
	}

	return { items, counts, active, add, retry, retryFailed, cancel, clear }
}
