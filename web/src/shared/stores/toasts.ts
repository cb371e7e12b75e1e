/* Short messages at the edge of the screen, read out by screen readers, some with an undo. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Toast {
	id: number
	text: string
	tone: 'plain' | 'error'
	action?: { label: string; run: () => unknown }
}

const visibleMs = 7000
const atMost = 3

export const useToasts = defineStore('toasts', () => {
	const list = ref<Toast[]>([])
	const timers = new Map<number, ReturnType<typeof setTimeout>>()
	let last = 0

	function dismiss(id: number): void {
		clearTimeout(timers.get(id))
		timers.delete(id)
		list.value = list.value.filter((t) => t.id !== id)
	}

	/** The clock stands while the pointer or the focus is on a message. */
	function hold(id: number): void {
		clearTimeout(timers.get(id))
	}

	function release(id: number): void {
		clearTimeout(timers.get(id))
		timers.set(
			id,
			setTimeout(() => dismiss(id), visibleMs),
		)
	}

	function show(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
		const toast: Toast = { id: ++last, text, tone: 'plain', ...options }
		for (const old of list.value.slice(0, Math.max(0, list.value.length - atMost + 1))) dismiss(old.id)
		list.value = [...list.value, toast]
		release(toast.id)
	}

	return { list, show, dismiss, hold, release }
})
