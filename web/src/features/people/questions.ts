/* The row of questions "are these the same?": the one asked now, the ones after it, what was answered and how to take it
 * back. Talks to the server through what it is given. */
import type { Measured, Question, Said } from '@/api/client'
import { computed, ref, shallowRef } from 'vue'

export type Answer = 'yes' | 'no' | 'unsure'

export interface Questioner {
	ask(): Promise<{ questions: Question[]; measured: Measured }>
	answer(question: Question, answer: Answer): Promise<Said>
	undo(facts: number[]): Promise<unknown>
}

/** Fewer than this ahead: more are asked for. */
const fewAhead = 5

const key = (q: Question) => `${Math.min(q.a.id, q.b.id)}-${Math.max(q.a.id, q.b.id)}`

export function useQuestions(server: Questioner) {
	const queue = shallowRef<Question[]>([])
	const answered = shallowRef<{ question: Question; facts: number[] }[]>([])
	const measured = ref<Measured | null>(null)
	const loaded = ref(false)
	const busy = ref(false)
	const current = computed(() => queue.value[0] ?? null)
	const next = computed(() => queue.value[1] ?? null)
	let filling = false

	async function fill(): Promise<void> {
		if (filling) return
		filling = true
		try {
			const { questions, measured: now } = await server.ask()
			const known = new Set([...queue.value, ...answered.value.map((a) => a.question)].map(key))
			queue.value = [...queue.value, ...questions.filter((q) => !known.has(key(q)))]
			measured.value = now
			loaded.value = true
		} finally {
			filling = false
		}
	}

	/** Notes the answer and goes on; stays when the server did not take it. */
	async function answer(what: Answer): Promise<void> {
		const question = current.value
		if (!question || busy.value) return
		busy.value = true
		try {
			const { facts } = await server.answer(question, what)
			answered.value = [...answered.value, { question, facts }]
			queue.value = queue.value.slice(1)
		} finally {
			busy.value = false
		}
		if (queue.value.length < fewAhead) await fill()
	}

	/** Takes the last answer back and asks it again. */
	async function undo(): Promise<void> {
		const last = answered.value.at(-1)
		if (!last || busy.value) return
		busy.value = true
		try {
			await server.undo(last.facts)
			answered.value = answered.value.slice(0, -1)
			queue.value = [last.question, ...queue.value]
		} finally {
			busy.value = false
		}
	}

	return { queue, answered, measured, loaded, busy, current, next, fill, answer, undo }
}
