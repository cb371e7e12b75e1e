/* While something covers the whole page, the page beneath is out of reach for keyboard and screen reader. */
import { onBeforeUnmount, onMounted } from 'vue'

let open = 0

function apply(): void {
	const page = document.getElementById('app')
	if (page) page.inert = open > 0
	document.documentElement.classList.toggle('covered', open > 0)
}

export function useOverlay(): void {
	onMounted(() => {
		open++
		apply()
	})
	onBeforeUnmount(() => {
		open--
		apply()
	})
}
