-- KEYS[1]  the order of purges: tags by the clock of their last purge, t:<tag>; e:<epoch> by the
--          clock up to which purges were forgotten, which counts as a tag of every page; and below
--          all, n:<history><epoch> by -1 - the clock: the replication history of the server where
--          the epoch began, in 40 characters, and the epoch
-- KEYS[2]  nodes with near copies: their epoch, the same once more as 'settled' when somebody has known
--          it for as long as the longest lease, and for each node o:<node> = the clock whose purges it
--          obeys, h:<node> = the clock when it last heard of purges
-- KEYS[3]  the page (lookup, store); the list that wakes the node (renew, wake, leave)
-- KEYS[4]  store: the ledger of pages, see there
-- KEYS[5]  store: what Redis was found to have room for
-- KEYS[6], KEYS[7]  store: bits of the addresses that were asked for once, and those before
--          In a cluster KEYS[1] alone: of several keys in a slot that is moving some are missing, and
--          Redis would refuse the script as long as that takes. The others have names like KEYS[1], so
--          they are in its slot; where one of them is not, what needs it is left undone, and purges
--          need none. There are no near copies
-- ARGV[1]  lookup, store, purge, behind, forget, renew, wake or leave
-- ARGV[2]  a name for a new epoch, should one be needed
-- ARGV[3]  1 if this server did not know the script: it was restarted or took over, and may hold
--          entries that outlived the memory of their purges
-- ARGV[4]  epoch and ARGV[5] clock: the newest that the caller has ever seen
-- lookup:  ARGV[6] the page, in a cluster
-- store:   ARGV[6] epoch and ARGV[7] clock of the stamp, ARGV[8] lifetime in ms, ARGV[9] the page,
--          ARGV[10] bytes it takes in all, ARGV[11] bytes that all pages may take, ARGV[12] to
--          ARGV[15] its bits among those that were asked for, ARGV[16] its key in a cluster, then its
--          tags
-- purge:   ARGV[6] what the names of wake lists begin with, ARGV[7] their lifetime in ms,
--          ARGV[8] epoch and ARGV[9] clock of an older purge that no lease outlasts, ARGV[10] the epoch
--          that the caller has known for as long as the longest lease, then the tags
-- behind, forget: ARGV[6] epoch and ARGV[7] clock of the purge
-- forget:  ARGV[8] the epoch that the caller has known for as long as the longest lease
-- renew:   ARGV[6] the node, ARGV[7] epoch and ARGV[8] clock whose purges it obeys, ARGV[9] the epoch
--          that it has known for as long as the longest lease
-- wake:    ARGV[6] the lifetime of the list in ms
-- leave:   ARGV[6] the node
local order, nodes, operation = KEYS[1], KEYS[2], ARGV[1]

-- Of more tags than this the older half is forgotten, together with all pages as old.
local MOST_TAGS = 10000
-- A node that missed more than this many tags forgets all its copies.
local MOST_NEWS = 500
-- Of more purges than this since a page was last asked for, its tags are looked at instead.
local FEW_PURGES = 32
-- How long what is remembered outlives the last use and the last page, in ms.
local DAY = 86400000

-- Nothing is left behind: these keys end, but not before so many milliseconds.
local function keep(least, ...)
  for _, key in ipairs({...}) do
    local left = redis.call('PTTL', key)
    if left ~= -2 and left < least then
      redis.call('PEXPIRE', key, least + DAY)
    end
  end
end

-- Another key of the same slot.
local function beside(name)
  return string.sub(order, 1, -#'purges' - 1) .. name
end

-- A server has another history once it was restarted, or took over: so what it was handed by another
-- may lack purges that were acknowledged there. A replica may lack some at any time; and so may a
-- master that should have replicas (min-replicas-to-write) and has none: one of them may be master.
local here, replication = '', redis.pcall('INFO', 'replication')
if type(replication) == 'string' then
  if not string.find(replication, 'role:master', 1, true)
    and string.find(replication, 'role:slave', 1, true) then
    return redis.error_reply('READONLY A replica may not have heard of every purge')
  end
  if string.find(replication, 'min_slaves_good_slaves:0', 1, true) then
    return redis.error_reply('NOREPLICAS Another master may take purges by now')
  end
  local _, before = string.find(replication, 'master_replid:', 1, true)
  here = before and string.sub(replication, before + 1, before + 40) or ''
end

local lowest = redis.pcall('ZRANGE', order, 0, 0, 'WITHSCORES')
local name, clock = lowest[1] or '', -1 - (tonumber(lowest[2]) or 0)
local history, epoch = string.sub(name, 3, 42), string.sub(name, 43)

-- A caller that has seen a later clock than this server knows: it lost purges.
local lost = clock < 0 or ARGV[3] == '1' or here ~= '' and history ~= here
  or epoch == ARGV[4] and tonumber(ARGV[5]) > clock
if not lost and nodes and operation ~= 'lookup' and operation ~= 'store' then
  lost = redis.pcall('HGET', nodes, 'epoch') ~= epoch
end
if lost then
  redis.call('DEL', order)
  epoch, clock, name = ARGV[2], 0, 'n:' .. here .. string.rep(' ', 40 - #here) .. ARGV[2]
  redis.call('ZADD', order, -1, name, 0, 'e:' .. epoch)
  keep(DAY, order)
  if nodes then
    redis.call('DEL', nodes)
    redis.call('HSET', nodes, 'epoch', epoch)
    keep(DAY, nodes)
  end
end

local function purged_since(then_, of)
  local members = {'e:' .. epoch}
  for i, tag in ipairs(of) do
    members[i + 1] = 't:' .. tag
  end
  for _, purged in ipairs(redis.call('ZMSCORE', order, unpack(members))) do
    if purged and tonumber(purged) > then_ then
      return true
    end
  end
  return false
end

-- Whether one of a page's tags was purged since then. Few purges are looked for among the packed tags,
-- where a packed tag stands as it would alone: what is not found is not there. Something else may look
-- like it, so where one is found the tags are asked for.
local function concerns(then_, tags)
  local news = redis.call('ZRANGEBYSCORE', order, '(' .. then_, '+inf', 'LIMIT', 0, FEW_PURGES + 1)
  local possible = #news > FEW_PURGES
  for i = 1, #news do
    possible = possible or string.sub(news[i], 1, 2) ~= 't:'
      or string.find(tags, cmsgpack.pack(string.sub(news[i], 3)), 1, true)
  end
  return possible and purged_since(tonumber(then_), cmsgpack.unpack(tags))
end

if operation == 'lookup' then
  local page = KEYS[3] or ARGV[6]
  local entry = redis.pcall('HMGET', page, 'epoch', 'clock', 'page')
  local then_ = tonumber(entry[2])
  if entry[1] ~= epoch or then_ > clock then
    return {epoch, clock}
  end
  -- Where the clock stands as it did nothing was purged, whatever the tags.
  if then_ < clock then
    if concerns(entry[2], redis.call('HGET', page, 'tags')) then
      return {epoch, clock}
    end
    -- The next who asks need not look at these purges. A full Redis refuses, and no harm is done.
    redis.pcall('HSET', page, 'clock', clock)
  end
  return {epoch, clock, entry[3], redis.call('PTTL', page)}
end

if operation == 'store' then
  -- The ledger names every page by when it ends and what it takes, and holds two sums: 'total',
  -- what all pages take, and 'asked', how many addresses were asked for once. A score holds both:
  -- seconds and units. So what ends first comes first, and leaves the ledger when it has ended,
  -- however it ended.
  local STORED, PURGED, ASKED_ONCE, FULL = 1, 0, 2, 3
  local UNIT, SPAN, FIRST_PAGE = 256, 2097152, '1125899906842624'
  -- More work than this is left to those who store next.
  local MOST_ENDED, MOST_EVICTED, SAMPLE = 16, 64, 16
  -- Of more addresses than this that were asked for once, the older ones are forgotten.
  local MOST_ASKED, ASKED_LIFE = 40000, 3600000

  local page, ledger = KEYS[3] or ARGV[16], KEYS[4] or beside('ledger')
  local room = KEYS[5] or beside('room')
  local asked, before = KEYS[6] or beside('asked'), KEYS[7] or beside('asked-before')
  local lifetime, of = tonumber(ARGV[8]), {}
  for i = 17, #ARGV do
    of[#of + 1] = ARGV[i]
  end
  if ARGV[6] ~= epoch or purged_since(tonumber(ARGV[7]), of) then
    return {PURGED, -1}
  end

  -- While its slot is moving the ledger may be elsewhere. Redis refuses two keys there of which one
  -- is missing, and the second of these is never there.
  if not nodes and type(redis.pcall('EXISTS', order, beside('never'))) == 'table' then
    return {FULL, -1}
  end

  -- Nothing was written so far. This is refused when Redis is full; what comes after a write would
  -- not be.
  local total = tonumber(redis.call('ZSCORE', ledger, 'total') or 0)
  local refused = redis.pcall('ZADD', ledger, total, 'total')
  if type(refused) == 'table' then
    return {FULL, total * UNIT}
  end
  local now = tonumber(redis.call('TIME')[1])

  local ended = redis.call('ZRANGEBYSCORE', ledger, FIRST_PAGE, now * SPAN, 'WITHSCORES',
    'LIMIT', 0, MOST_ENDED)
  for i = 1, #ended, 2 do
    redis.call('ZREM', ledger, ended[i])
    total = total - tonumber(ended[i + 1]) % SPAN
  end

  -- What pages may take: their budget, and no more than leaves a quarter of Redis to others. Redis
  -- is asked how full it is once a second, at every sixteenth page, and when room gets scarce.
  local function most()
    local last = redis.call('HMGET', room, 'at', 'total', 'most')
    if last[1] == tostring(now) and redis.call('HINCRBY', room, 'stores', 1) < 16
      and total - tonumber(last[2]) < (tonumber(last[3]) - total) / 4 then
      return math.min(tonumber(last[3]), tonumber(ARGV[11]) / UNIT)
    end
    local found, memory = 9007199254740992, redis.pcall('INFO', 'memory')
    if type(memory) == 'string' then
      local limit = tonumber(string.match(memory, 'maxmemory:(%d+)') or 0)
      local used = tonumber(string.match(memory, 'used_memory:(%d+)') or 0)
      if limit > 0 then
        found = math.max(0, total + math.floor((limit * 3 / 4 - used) / UNIT))
      end
    end
    redis.call('HSET', room, 'at', now, 'total', total, 'most', found, 'stores', 0)
    redis.call('PEXPIRE', room, 60000)
    return math.min(found, tonumber(ARGV[11]) / UNIT)
  end

  local function answer(code)
    redis.call('ZADD', ledger, math.max(0, total), 'total')
    keep(lifetime, ledger)
    return {code, math.max(0, total) * UNIT}
  end

  -- Those that nobody asked Redis for the longest among some of all: out of a few at random, as
  -- Redis itself does it.
  local function evict(over)
    local left = MOST_EVICTED
    while over > 0 and left > 0 do
      local some, found = redis.call('ZRANDMEMBER', ledger, SAMPLE, 'WITHSCORES'), {}
      for i = 1, #some, 2 do
        local name = some[i]
        if name ~= page and name ~= 'total' and name ~= 'asked' then
          local idle = redis.pcall('OBJECT', 'IDLETIME', name)
          if type(idle) == 'table' then
            -- Redis counts uses instead, if it is set to evict by these.
            local uses = redis.pcall('OBJECT', 'FREQ', name)
            idle = type(uses) == 'number' and -uses or type(uses) == 'table' and 0
          end
          if idle then
            found[#found + 1] = {name, idle, tonumber(some[i + 1])}
          else
            -- Redis itself evicted it.
            redis.call('ZREM', ledger, name)
            local size = tonumber(some[i + 1]) % SPAN
            total, over, left = total - size, over - size, left - 1
          end
        end
      end
      if #found == 0 and #some < 2 * SAMPLE then
        break
      end
      table.sort(found, function(a, b)
        if a[2] ~= b[2] then
          return a[2] > b[2]
        end
        return a[3] < b[3]
      end)
      for i = 1, math.ceil(#found / 2) do
        if over <= 0 or left <= 0 then
          break
        end
        redis.call('DEL', found[i][1])
        redis.call('ZREM', ledger, found[i][1])
        local size = found[i][3] % SPAN
        total, over, left = total - size, over - size, left - 1
      end
    end
    return over <= 0
  end

  local function asked_before()
    for _, bits in ipairs({asked, before}) do
      local all = true
      for i = 12, 15 do
        all = all and redis.call('GETBIT', bits, ARGV[i]) == 1
      end
      if all then
        return true
      end
    end
    return false
  end

  local function remember()
    for i = 12, 15 do
      redis.call('SETBIT', asked, ARGV[i], 1)
    end
    if redis.call('PTTL', asked) < 0 then
      redis.call('PEXPIRE', asked, ASKED_LIFE)
    end
    if tonumber(redis.call('ZINCRBY', ledger, 1, 'asked')) >= MOST_ASKED then
      redis.call('RENAME', asked, before)
      redis.call('ZADD', ledger, 0, 'asked')
    end
  end

  local size, allowed = math.ceil(tonumber(ARGV[10]) / UNIT), most()
  local score = redis.call('ZSCORE', ledger, page)
  local was = score and tonumber(score) % SPAN or 0
  local over = total - was + size - allowed
  if size >= SPAN or size > allowed then
    evict(total - allowed)
    return answer(FULL)
  end
  if not score and total + size > allowed / 2 and not asked_before() then
    evict(total - allowed)
    remember()
    return answer(ASKED_ONCE)
  end
  if not evict(over) then
    return answer(FULL)
  end

  local function put()
    return redis.pcall('HSET', page, 'epoch', epoch, 'clock', ARGV[7], 'tags', cmsgpack.pack(of),
      'page', ARGV[9])
  end
  if type(put()) == 'table' then
    -- Something that is no page stands in its place.
    redis.call('DEL', page)
    put()
  end
  redis.call('PEXPIRE', page, ARGV[8])
  local ends = math.min(4294967295, now + math.ceil(lifetime / 1000) + 1)
  redis.call('ZADD', ledger, ends * SPAN + size, page)
  total = total - was + size
  keep(lifetime, order)
  if nodes then
    keep(lifetime, nodes)
  end
  return answer(STORED)
end

-- The nodes whose near copies do not obey the purges up to this clock yet.
local function behind(now)
  local late = {}
  local fields = redis.call('HGETALL', nodes)
  for i = 1, #fields, 2 do
    local node = string.match(fields[i], '^o:(.*)$')
    if node and tonumber(fields[i + 1]) < now then
      late[#late + 1] = node
    end
  end
  return late
end

-- Nodes that did not obey these purges within the longest lease.
local function forget(now)
  for _, node in ipairs(behind(now)) do
    -- One that has heard of the purge has a lease from after it, and is not forgotten.
    if tonumber(redis.call('HGET', nodes, 'h:' .. node)) < now then
      redis.call('HDEL', nodes, 'o:' .. node, 'h:' .. node)
    end
  end
end

-- Nodes that were forgotten when this epoch began have no lease any more, and never again one from
-- before it; whoever says so has waited for that. Whoever has just started need not wait.
local function settle(known)
  if known == epoch then
    redis.call('HSET', nodes, 'settled', epoch)
  end
end

if operation == 'purge' then
  local now = clock + 1
  if type(redis.pcall('ZADD', order, -1 - now, name)) == 'table' then
    -- No memory left to remember the purge: forget everything instead, which takes none. Who has
    -- near copies is forgotten too, so the caller has to wait for all.
    redis.call('DEL', order)
    if nodes then
      redis.call('DEL', nodes)
    end
    return {'', 0, 1, 0}
  end
  for i = 11, #ARGV do
    redis.call('ZADD', order, now, 't:' .. ARGV[i])
  end
  if redis.call('ZCARD', order) > MOST_TAGS then
    local middle = redis.call('ZRANGE', order, -MOST_TAGS / 2, -MOST_TAGS / 2, 'WITHSCORES')
    redis.call('ZREMRANGEBYSCORE', order, 0, middle[2])
    redis.call('ZADD', order, middle[2], 'e:' .. epoch)
  end
  keep(DAY, order)
  if not nodes then
    return {epoch, now, 0, 1}
  end
  settle(ARGV[10])
  keep(DAY, nodes)
  if ARGV[8] == epoch then
    forget(tonumber(ARGV[9]))
  end
  local waiting = behind(now)
  for _, node in ipairs(waiting) do
    local wake = ARGV[6] .. node
    if redis.call('EXISTS', wake) == 0 then
      redis.call('LPUSH', wake, '1')
    end
    redis.call('PEXPIRE', wake, ARGV[7])
  end
  return {epoch, now, #waiting, redis.call('HGET', nodes, 'settled') == epoch and 1 or 0}
end

if operation == 'behind' then
  return ARGV[6] == epoch and #behind(tonumber(ARGV[7])) or -1
end

if operation == 'forget' then
  if ARGV[6] == epoch then
    forget(tonumber(ARGV[7]))
  end
  settle(ARGV[8])
  return 0
end

if operation == 'renew' then
  redis.call('DEL', KEYS[3])
  if ARGV[7] ~= epoch then
    -- It still has to hear of this epoch; until it says that it has, purges wait for it.
    redis.call('HSET', nodes, 'o:' .. ARGV[6], -1, 'h:' .. ARGV[6], clock)
    return {epoch, clock}
  end
  redis.call('HSET', nodes, 'o:' .. ARGV[6], ARGV[8], 'h:' .. ARGV[6], clock)
  settle(ARGV[9])
  keep(DAY, order, nodes)
  local news = redis.call('ZRANGEBYSCORE', order, '(' .. ARGV[8], '+inf', 'WITHSCORES',
    'LIMIT', 0, MOST_NEWS + 1)
  if #news > 2 * MOST_NEWS then
    news = {'e:' .. epoch, tostring(clock)}
  end
  return {epoch, clock, unpack(news)}
end

if operation == 'wake' then
  redis.call('LPUSH', KEYS[3], '1')
  redis.call('PEXPIRE', KEYS[3], ARGV[6])
  return 0
end

-- leave
redis.call('HDEL', nodes, 'o:' .. ARGV[6], 'h:' .. ARGV[6])
redis.call('DEL', KEYS[3])
return 0
