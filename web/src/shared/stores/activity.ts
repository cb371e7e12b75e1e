/* The work on new photos as the server tells it, and the news that views of photos listen to. One stream of events for
 * the whole app; nothing is asked again and again. */
import { watchProgress } from '@/api/events'
import type { Progress } from '@/api/client'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

/** Photos that get ready one after the other are told to the views at most this often. */
const newsEveryMs = 2000

export const useActivity = defineStore('activity', () => {
	const progress = ref<Progress | null>(null)
	/** Grows whenever views of photos should look again. */
	const news = ref(0)
	let stream: { close(): void } | null = null
	let timer: ReturnType<typeof setTimeout> | null = null

	const busy = computed(() => (progress.value?.waiting ?? 0) > 0)

	function tell(): void {
		timer ??= setTimeout(() => {
			timer = null
			news.value++
		}, newsEveryMs)
	}

	function take(next: Progress): void {
		const before = progress.value
		progress.value = next
		if (!before) return
		const finished = next.done !== before.done || next.aside !== before.aside || next.people !== before.people
		if (finished && next.waiting === 0) tellNow()
		else if (finished || next.waiting > before.waiting) tell()
	}

	function tellNow(): void {
		if (timer) clearTimeout(timer)
		timer = null
		news.value++
	}

	function start(): void {
		stream ??= watchProgress(take)
	}

	function stop(): void {
		stream?.close()
		stream = null
		progress.value = null
		if (timer) clearTimeout(timer)
		timer = null
	}

	return { progress, news, busy, start, stop, take, tellNow }
})
