import { i18n } from '@/shared/i18n'
import { useTheme } from '@/shared/stores/theme'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import './base.css'
import { makeRouter } from './router'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
useTheme()
app.use(makeRouter())
app.mount('#app')
