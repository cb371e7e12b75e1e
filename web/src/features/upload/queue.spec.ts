import { ApiError, type UploadResult } from '@/api/client'
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { createUploadQueue, type Send } from './queue'

const file = (name: string) => new File(['12345678'], name)
const imported = (f: File): UploadResult => ({ name: f.name, status: 'imported', id: 1, reason: null })
const noWait = async () => {}

function states(queue: ReturnType<typeof createUploadQueue>) {
	return queue.items.value.map((i) => i.state)
}

describe('the upload queue', () => {
	it('sends three at a time, and all in the end', async () => {
		let now = 0
		let most = 0
		const gates: (() => void)[] = []
		const send: Send = (f) =>
			new Promise((resolve) => {
				most = Math.max(most, ++now)
				gates.push(() => (now--, resolve(imported(f))))
			})
		const onIdle = vi.fn()
		const queue = createUploadQueue({ send, onIdle })
		queue.add(Array.from({ length: 8 }, (_, i) => file(`${i}.jpg`)))
		while (queue.active.value) {
			gates.splice(0).forEach((open) => open())
			await flushPromises()
		}
		expect(most).toBe(3)
		expect(states(queue)).toEqual(Array(8).fill('imported'))
		expect(queue.counts.value).toMatchObject({ total: 8, done: 8, sent: 64, bytes: 64 })
		expect(onIdle).toHaveBeenCalledTimes(1)
		expect(onIdle).toHaveBeenCalledWith(8)
	})

	it.each([
		['network', 0],
		['busy', 503],
		['internal', 500],
	] as const)('tries again by itself after %s', async (code, status) => {
		const send = vi
			.fn<Send>()
			.mockRejectedValueOnce(new ApiError(code, 'later', status))
			.mockImplementation(async (f) => imported(f))
		const queue = createUploadQueue({ send, wait: noWait })
		queue.add([file('a.jpg')])
		await flushPromises()
		expect(send).toHaveBeenCalledTimes(2)
		expect(states(queue)).toEqual(['imported'])
	})

	it('waits as long as the server asks', async () => {
		const wait = vi.fn(noWait)
		const send = vi
			.fn<Send>()
			.mockRejectedValueOnce(new ApiError('busy', '', 429, 7))
			.mockImplementation(async (f) => imported(f))
		createUploadQueue({ send, wait }).add([file('a.jpg')])
		await flushPromises()
		expect(wait.mock.calls[0]?.slice(0, 1)).toEqual([7000])
	})

	it('goes on with the others after one failed for good', async () => {
		const send: Send = async (f) => {
			if (f.name === 'bad.jpg') throw new ApiError('network', 'cable', 0)
			return imported(f)
		}
		const queue = createUploadQueue({
			send,
			wait: noWait,
			tries: 2,
			parallel: 1,
			explain: (e) => (e as Error).message,
		})
		queue.add(['a.jpg', 'bad.jpg', 'b.jpg'].map(file))
		await flushPromises()
		expect(states(queue)).toEqual(['imported', 'failed', 'imported'])
		expect(queue.items.value[1]).toMatchObject({ reason: 'cable', tries: 2 })
	})

	it('shows why a file was refused and sends it again on request', async () => {
		const send = vi
			.fn<Send>()
			.mockResolvedValueOnce({ name: 'a', status: 'rejected', id: null, reason: 'no picture' })
			.mockImplementation(async (f) => imported(f))
		const queue = createUploadQueue({ send })
		queue.add([file('a.jpg')])
		await flushPromises()
		expect(queue.items.value[0]).toMatchObject({ state: 'rejected', reason: 'no picture' })
		queue.retry(queue.items.value, true)
		await flushPromises()
		expect(send.mock.calls[1]?.[1].restore).toBe(true)
		expect(states(queue)).toEqual(['imported'])
	})

	it('takes a refusal of the whole request as final', async () => {
		const send = vi.fn<Send>().mockRejectedValue(new ApiError('too_big', 'over 8 GB', 413))
		const queue = createUploadQueue({ send, wait: noWait })
		queue.add([file('a.jpg')])
		await flushPromises()
		expect(send).toHaveBeenCalledTimes(1)
		expect(states(queue)).toEqual(['rejected'])
	})

	it('stops, and can go on later', async () => {
		let stopped = false
		const send: Send = (f, { signal }) =>
			stopped
				? Promise.resolve(imported(f))
				: new Promise((_, reject) =>
						signal.addEventListener('abort', () => reject(new ApiError('aborted', '', 0))),
					)
		const queue = createUploadQueue({ send })
		queue.add(['a', 'b', 'c', 'd', 'e'].map(file))
		stopped = true
		queue.cancel('stopped')
		await flushPromises()
		expect(states(queue)).toEqual(Array(5).fill('failed'))
		queue.retryFailed()
		await flushPromises()
		expect(states(queue)).toEqual(Array(5).fill('imported'))
		queue.clear()
		expect(queue.items.value).toEqual([])
	})

	it('counts the bytes on their way', async () => {
		let report: (n: number) => void = () => {}
		const send: Send = (_, { onProgress }) => new Promise(() => (report = onProgress))
		const queue = createUploadQueue({ send })
		queue.add([file('a.jpg')])
		report(5)
		expect(queue.counts.value.sent).toBe(5)
	})
})
