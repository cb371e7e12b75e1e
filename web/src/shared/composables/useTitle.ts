/* The title of the browser's tab. */
import { watchEffect } from 'vue'

export function useTitle(title: () => string): void {
	watchEffect(() => {
		const text = title()
		document.title = text ? `${text} · tintype` : 'tintype'
	})
}
