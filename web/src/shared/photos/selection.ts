/* Which photos are chosen: single ones, ranges with shift, whole segments. Holds ids only. */
import { computed, ref, shallowRef } from 'vue'

export function useSelection() {
	const ids = shallowRef<ReadonlySet<number>>(new Set())
	const anchor = ref<number | null>(null)

	const set = (next: Set<number>) => {
		ids.value = next
	}

	function toggle(id: number): void {
		const next = new Set(ids.value)
		if (!next.delete(id)) next.add(id)
		anchor.value = id
		set(next)
	}

	/** Adds all of `range`, which runs from the anchor to the photo now chosen. */
	function add(range: Iterable<number>): void {
		set(new Set([...ids.value, ...range]))
	}

	function drop(range: Iterable<number>): void {
		const next = new Set(ids.value)
		for (const id of range) next.delete(id)
		set(next)
	}

	function clear(): void {
		anchor.value = null
		set(new Set())
	}

	return { ids, anchor, count: computed(() => ids.value.size), toggle, add, drop, clear }
}

export type Selection = ReturnType<typeof useSelection>
