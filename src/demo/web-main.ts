import { serveName } from './web.js'

const [name, port, ...addresses] = process.argv.slice(2)
await serveName(name, Number(port), addresses)
process.stdout.write(`${name} answers on port ${port}\n`)
