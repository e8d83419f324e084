import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

/**
 * The package as somebody else has it: packed from the built program, unpacked into a project of its own, and used
 * by the example there. Of this repository the project sees nothing but what lies in the tarball.
 */

const run = promisify(execFile)
const TSC = resolve('node_modules/typescript/bin/tsc')

const project = mkdtempSync(join(tmpdir(), 'ecmpd-consumer-'))
const modules = join(project, 'node_modules')
t.teardown(() => rmSync(project, { recursive: true, force: true }))

/** A file of the project run by Node.js; what it printed on standard output. */
async function node(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, args, { cwd: project, env: { PATH: process.env.PATH } })
  return stdout
}

t.before(async () => {
  const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', project])
  mkdirSync(join(modules, 'ecmpd'), { recursive: true })
  await run('tar', [
    '-xzf',
    join(project, stdout.trim()),
    '--strip-components=1',
    '-C',
    join(modules, 'ecmpd'),
  ])
  // The dependencies, as npm would install them beside it.
  for (const name of readdirSync('node_modules')) {
    if (!name.startsWith('.') && name !== 'ecmpd')
      symlinkSync(resolve('node_modules', name), join(modules, name))
  }
  cpSync('examples/test-peer', project, { recursive: true })
})

t.test('the example type-checks against the declarations and passes', async (t) => {
  // Its compiler reads the declarations themselves, too (no skipLibCheck): none refers to a file that is not packed.
  const { stdout } = await run(process.execPath, [TSC, '--pretty', 'false'], { cwd: project }).catch(
    (error) => error,
  )
  t.equal(stdout, '')
  const report = await node(
    '--test',
    '--test-reporter=tap',
    'dist/in-memory.test.js',
    'dist/tcp.test.js',
  ).catch((error) => error.stdout)
  t.match(report, /^# pass 2$/m)
  t.match(report, /^# fail 0$/m)
})

t.test('the main entry has the version', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const printed = await node(
    '--input-type=module',
    '-e',
    "console.log(Object.entries(await import('ecmpd')))",
  )
  t.equal(printed.trim(), `[ [ 'version', '${version}' ] ]`)
})

t.test('what is inside cannot be imported', async (t) => {
  for (const inside of [
    'ecmpd/dist/speaker/speaker.js',
    'ecmpd/dist/testing/index.js',
    'ecmpd/testing/index.js',
  ]) {
    const script = `import('${inside}').catch(({ code }) => console.log(code))`
    t.equal((await node('--input-type=module', '-e', script)).trim(), 'ERR_PACKAGE_PATH_NOT_EXPORTED', inside)
  }
})

t.test('the command is there and runs', async (t) => {
  const { bin } = JSON.parse(readFileSync(join(modules, 'ecmpd/package.json'), 'utf8'))
  const { stdout } = await run(join(modules, 'ecmpd', bin.ecmpd), ['version'])
  t.match(stdout, /ecmpd/)
})

t.test('of what the build makes for itself nothing is packed', async (t) => {
  const packed = readdirSync(join(modules, 'ecmpd'), { recursive: true }).map(String)
  t.same(
    packed.filter((file) => /\.(map|tsbuildinfo)$/.test(file)),
    [],
  )
  t.ok(packed.includes('config/ecmpd.schema.json'))
})
