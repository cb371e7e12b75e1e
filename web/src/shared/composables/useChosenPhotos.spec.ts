import { beforeEach, describe, expect, it, vi } from 'vitest'
import { shallowRef } from 'vue'
import { useSelection } from '../photos/selection'
import { useChosenPhotos } from './useChosenPhotos'

const actions = vi.hoisted(() => ({ trash: vi.fn(), addToAlbum: vi.fn(), say: vi.fn() }))
vi.mock('./usePhotoActions', () => ({ usePhotoActions: () => actions }))
vi.mock('./useClassActions', () => ({ useClassActions: () => actions }))
beforeEach(() => vi.resetAllMocks())

function page() {
	const list = { remove: vi.fn() }
	const selection = useSelection()
	selection.add([3, 5])
	return { list, selection, ...useChosenPhotos(shallowRef(list), selection) }
}

describe('useChosenPhotos', () => {
	it('takes what went to the trash off the wall', async () => {
		actions.trash.mockResolvedValue(true)
		const { list, selection, trash } = page()
		await trash()
		expect(actions.trash).toHaveBeenCalledWith([3, 5])
		expect(list.remove).toHaveBeenCalledWith([3, 5])
		expect(selection.count.value).toBe(0)
	})

	it('adds to an album and closes the question for it', async () => {
		actions.addToAlbum.mockResolvedValue(true)
		const { list, selection, picking, add } = page()
		picking.value = true
		await add({ id: 7, name: 'Sea' })
		expect(actions.addToAlbum).toHaveBeenCalledWith({ id: 7, name: 'Sea' }, [3, 5])
		expect(picking.value).toBe(false)
		expect(list.remove).not.toHaveBeenCalled()
		expect(selection.count.value).toBe(0)
	})

	it('puts into a class of one’s own', async () => {
		actions.say.mockResolvedValue(true)
		const { selection, teaching, teach } = page()
		teaching.value = true
		await teach({ id: 2, name: 'Receipts' })
		expect(actions.say).toHaveBeenCalledWith({ id: 2, name: 'Receipts' }, [3, 5], true)
		expect(teaching.value).toBe(false)
		expect(selection.count.value).toBe(0)
	})

	it('keeps the choice after a failure', async () => {
		actions.trash.mockResolvedValue(false)
		actions.addToAlbum.mockResolvedValue(false)
		actions.say.mockResolvedValue(false)
		const { list, selection, trash, add, teach } = page()
		await trash()
		await add({ id: 7, name: 'Sea' })
		await teach({ id: 2, name: 'Receipts' })
		expect(list.remove).not.toHaveBeenCalled()
		expect(selection.count.value).toBe(2)
	})
})
