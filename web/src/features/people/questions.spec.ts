import type { Question } from '@/api/client'
import { face } from '@/shared/util/peopleTesting'
import { describe, expect, it, vi } from 'vitest'
import { useQuestions, type Questioner } from './questions'

const question = (n: number): Question => ({ a: face(n), b: face(n + 100), probability: 0.5, settles: 2 })
const measured = { answers: 0, precision: null, recall: null }

function server(rounds: Question[][]) {
	let fact = 0
	return {
		ask: vi.fn(async () => ({ questions: rounds.shift() ?? [], measured })),
		answer: vi.fn(async () => ({ facts: [++fact], person: null, face: null })),
		undo: vi.fn(async () => undefined),
	} satisfies Questioner
}

describe('useQuestions', () => {
	it('asks one after the other, and for more before they run out', async () => {
		const s = server([
			[question(1), question(2)],
			[question(2), question(3)],
		])
		const q = useQuestions(s)
		await q.fill()
		expect(q.current.value?.a.id).toBe(1)
		expect(q.next.value?.a.id).toBe(2)
		await q.answer('yes')
		expect(s.answer).toHaveBeenCalledWith(question(1), 'yes')
		expect(q.queue.value.map((x) => x.a.id)).toEqual([2, 3])
	})

	it('takes the last answer back and asks again', async () => {
		const s = server([[question(1), question(2)]])
		const q = useQuestions(s)
		await q.fill()
		await q.answer('no')
		await q.undo()
		expect(s.undo).toHaveBeenCalledWith([1])
		expect(q.current.value?.a.id).toBe(1)
		expect(q.answered.value).toEqual([])
		await q.undo()
		expect(s.undo).toHaveBeenCalledTimes(1)
	})

	it('stays at the question when the answer was not taken', async () => {
		const s = server([[question(1)]])
		s.answer.mockRejectedValueOnce(new Error('down'))
		const q = useQuestions(s)
		await q.fill()
		await expect(q.answer('yes')).rejects.toThrow('down')
		expect(q.current.value?.a.id).toBe(1)
		expect(q.busy.value).toBe(false)
		await q.answer('yes')
		expect(q.current.value).toBeNull()
	})
})
