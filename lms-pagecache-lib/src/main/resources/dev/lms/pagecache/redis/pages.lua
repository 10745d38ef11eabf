-- KEYS[1]  the order of purges: epoch, clock, and for each node with near copies o:<node> = the
--          clock whose purges it obeys, h:<node> = the clock when it last heard of purges
-- KEYS[2]  tags by the clock of their last purge: t:<tag>; and e:<epoch> by the clock up to which
--          purges were forgotten, which counts as a tag of every page
-- KEYS[3]  the page (lookup, store); the list that wakes the node (renew, wake, leave)
-- KEYS[4]  store: the ledger of pages, see there
-- KEYS[5]  store: what Redis was found to have room for
-- KEYS[6], KEYS[7]  store: bits of the addresses that were asked for once, and those before
-- ARGV[1]  lookup, store, purge, behind, forget, renew, wake or leave
-- ARGV[2]  a name for a new epoch, should one be needed
-- ARGV[3]  1 if this server did not know the script: it was restarted or took over, and may hold
--          entries that outlived the memory of their purges
-- ARGV[4]  epoch and ARGV[5] clock: the newest that the caller has ever seen
-- store:   ARGV[6] epoch and ARGV[7] clock of the stamp, ARGV[8] lifetime in ms, ARGV[9] the page,
--          ARGV[10] bytes it takes in all, ARGV[11] bytes that all pages may take, ARGV[12] to
--          ARGV[15] its bits among those that were asked for, then its tags
-- purge:   ARGV[6] what the names of wake lists begin with, ARGV[7] their lifetime in ms,
--          ARGV[8] epoch and ARGV[9] clock of an older purge that no lease outlasts, then the tags
-- behind, forget: ARGV[6] epoch and ARGV[7] clock of the purge
-- renew:   ARGV[6] the node, ARGV[7] epoch and ARGV[8] clock whose purges it obeys
-- wake:    ARGV[6] the lifetime of the list in ms
-- leave:   ARGV[6] the node
local order, tags, operation = KEYS[1], KEYS[2], ARGV[1]

-- Of more tags than this the older half is forgotten, together with all pages as old.
local MOST_TAGS = 10000
-- A node that missed more than this many tags forgets all its copies.
local MOST_NEWS = 500
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

local known = redis.pcall('HMGET', order, 'epoch', 'clock')
local epoch, clock = known[1], tonumber(known[2])

-- A caller that has seen a later clock than this server knows: it lost purges.
local lost = not epoch or not clock or ARGV[3] == '1'
  or epoch == ARGV[4] and tonumber(ARGV[5]) > clock
if not lost then
  local begun = redis.pcall('ZSCORE', tags, 'e:' .. epoch)
  lost = type(begun) ~= 'string'
end
if lost then
  redis.call('DEL', order, tags)
  epoch, clock = ARGV[2], 0
  redis.call('HSET', order, 'epoch', epoch, 'clock', clock)
  redis.call('ZADD', tags, 0, 'e:' .. epoch)
  keep(DAY, order, tags)
end

local function purged_since(then_, of)
  local members = {'e:' .. epoch}
  for i, tag in ipairs(of) do
    members[i + 1] = 't:' .. tag
  end
  for _, purged in ipairs(redis.call('ZMSCORE', tags, unpack(members))) do
    if purged and tonumber(purged) > then_ then
      return true
    end
  end
  return false
end

if operation == 'lookup' then
  local entry = redis.pcall('HMGET', KEYS[3], 'epoch', 'clock', 'tags')
  if entry[1] == epoch and not purged_since(tonumber(entry[2]), cmsgpack.unpack(entry[3])) then
    return {epoch, clock, redis.call('HGET', KEYS[3], 'page'), redis.call('PTTL', KEYS[3])}
  end
  return {epoch, clock}
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

  local page, ledger, room, asked, before = KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
  local lifetime, of = tonumber(ARGV[8]), {}
  for i = 16, #ARGV do
    of[#of + 1] = ARGV[i]
  end
  if ARGV[6] ~= epoch or purged_since(tonumber(ARGV[7]), of) then
    return {PURGED, -1}
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
  keep(lifetime, order, tags)
  return answer(STORED)
end

-- The nodes whose near copies do not obey the purges up to this clock yet.
local function behind(now)
  local nodes = {}
  local fields = redis.call('HGETALL', order)
  for i = 1, #fields, 2 do
    local node = string.match(fields[i], '^o:(.*)$')
    if node and tonumber(fields[i + 1]) < now then
      nodes[#nodes + 1] = node
    end
  end
  return nodes
end

-- Nodes that did not obey these purges within the longest lease.
local function forget(now)
  for _, node in ipairs(behind(now)) do
    -- One that has heard of the purge has a lease from after it, and is not forgotten.
    if tonumber(redis.call('HGET', order, 'h:' .. node)) < now then
      redis.call('HDEL', order, 'o:' .. node, 'h:' .. node)
    end
  end
end

if operation == 'purge' then
  local now = redis.pcall('HINCRBY', order, 'clock', 1)
  if type(now) == 'table' then
    -- No memory left to remember the purge: forget everything instead, which takes none. Who has
    -- near copies is forgotten too, so the caller has to wait for all.
    redis.call('DEL', order, tags)
    return {'', 0, 1}
  end
  for i = 10, #ARGV do
    redis.call('ZADD', tags, now, 't:' .. ARGV[i])
  end
  if redis.call('ZCARD', tags) > MOST_TAGS then
    local middle = redis.call('ZRANGE', tags, -MOST_TAGS / 2, -MOST_TAGS / 2, 'WITHSCORES')
    redis.call('ZREMRANGEBYSCORE', tags, '-inf', middle[2])
    redis.call('ZADD', tags, middle[2], 'e:' .. epoch)
  end
  keep(DAY, order, tags)
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
  return {epoch, now, #waiting}
end

if operation == 'behind' then
  return ARGV[6] == epoch and #behind(tonumber(ARGV[7])) or -1
end

if operation == 'forget' then
  if ARGV[6] == epoch then
    forget(tonumber(ARGV[7]))
  end
  return 0
end

if operation == 'renew' then
  redis.call('DEL', KEYS[3])
  if ARGV[7] ~= epoch then
    -- It still has to hear of this epoch; until it says that it has, purges wait for it.
    redis.call('HSET', order, 'o:' .. ARGV[6], -1, 'h:' .. ARGV[6], clock)
    return {epoch, clock}
  end
  redis.call('HSET', order, 'o:' .. ARGV[6], ARGV[8], 'h:' .. ARGV[6], clock)
  keep(DAY, order, tags)
  local news = redis.call('ZRANGEBYSCORE', tags, '(' .. ARGV[8], '+inf', 'WITHSCORES',
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
redis.call('HDEL', order, 'o:' .. ARGV[6], 'h:' .. ARGV[6])
redis.call('DEL', KEYS[3])
return 0
