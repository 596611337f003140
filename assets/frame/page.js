// What every page does in the browser, whichever it is. Our index page loads this.

import { keepMenuShut } from "./menu.js"
import { leadKeys } from "./page_keys.js"

keepMenuShut()
leadKeys()
