import t from 'tap'
import { IdPool, KernelObjects, memberKey } from '../../../../src/fib/groups/kernel-objects.js'

t.test('ids ascend, stay in the range, and are reused only after a full turn', async (t) => {
  const ids = new IdPool(100, 4)
  t.same([ids.take(), ids.take()], [100, 101])
  ids.release(100)
  t.equal(ids.take(), 102, 'the freed id waits for its turn')
  ids.reserve(103)
  t.equal(ids.take(), 100)
  t.throws(() => ids.take(), { message: 'all 4 next-hop ids are in use' })
  t.ok(ids.contains(103))
  t.notOk(ids.contains(104))
  t.notOk(ids.contains(99))
})

t.test('an id found in the kernel is not given; later ones follow it', async (t) => {
  const ids = new IdPool(100, 10)
  ids.reserve(105)
  ids.reserve(7)
  t.equal(ids.take(), 106)
})

t.test('groups are found by their members, in any order', async (t) => {
  const kernel = new KernelObjects(new IdPool(1, 100))
  const [a, b, c] = ['a', 'b', 'c'].map((address) => kernel.addObject(address, 'eth0', 2))
  const group = kernel.addGroup([c, a])
  t.equal(kernel.find(memberKey([a, c])), group)
  t.equal(kernel.find(memberKey([a, b])), undefined)
})

t.test('a deleted object leaves its groups, and the last one takes its group along', async (t) => {
  const kernel = new KernelObjects(new IdPool(1, 100))
  const [a, b] = ['a', 'b'].map((address) => kernel.addObject(address, 'eth0', 2))
  const both = kernel.addGroup([a, b])
  const alone = kernel.addGroup([a])
  t.same(kernel.removeObject(a), [alone])
  t.notOk(alone.alive)
  t.ok(both.alive)
  t.equal(kernel.find(memberKey([b])), both, 'the shrunk group is found by what is left')
  t.same(kernel.removeObject(a), [], 'twice does nothing')
  t.same(kernel.removeObject(b), [both])
  t.equal(kernel.groups.size, 0)
})

t.test('a group of strange members equals no other', async (t) => {
  const kernel = new KernelObjects(new IdPool(1, 100))
  kernel.addGroup([], 50)
  t.equal(kernel.find(''), undefined)
  t.equal(kernel.ids.take(), 51)
})

t.test('what nothing refers to is idle', async (t) => {
  const kernel = new KernelObjects(new IdPool(1, 100))
  const [a, b] = ['a', 'b'].map((address) => kernel.addObject(address, 'eth0', 2))
  const used = kernel.addGroup([a])
  used.routes = 1
  t.same(kernel.idleGroups(), [])
  t.same(kernel.idleObjects(), [b])
  used.routes = 0
  t.same(kernel.idleGroups(), [used])
  kernel.removeGroup(used)
  t.same(kernel.idleObjects(), [a, b])
})
