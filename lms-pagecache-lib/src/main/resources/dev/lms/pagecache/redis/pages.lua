-- KEYS[1]  the order of purges: epoch, clock, and for each node with near copies o:<node> = the
--          clock whose purges it obeys, h:<node> = the clock when it last heard of purges
-- KEYS[2]  tags by the clock of their last purge: t:<tag>; and e:<epoch> by the clock up to which
--          purges were forgotten, which counts as a tag of every page
-- KEYS[3]  the page (lookup, store); the list that wakes the node (renew, leave)
-- ARGV[1]  lookup, store, purge, behind, forget, renew or leave
-- ARGV[2]  a name for a new epoch, should one be needed
-- ARGV[3]  1 if this server did not know the script: it was restarted or took over, and may hold
--          entries that outlived the memory of their purges
-- ARGV[4]  epoch and ARGV[5] clock: the newest that the caller has ever seen
-- store:   ARGV[6] epoch and ARGV[7] clock of the stamp, ARGV[8] lifetime in ms, ARGV[9] the page,
--          then its tags
-- purge:   ARGV[6] what the names of wake lists begin with, ARGV[7] their lifetime in ms, then the
--          tags
-- behind, forget: ARGV[6] epoch and ARGV[7] clock of the purge
-- renew:   ARGV[6] the node, ARGV[7] epoch and ARGV[8] clock whose purges it obeys
-- leave:   ARGV[6] the node
local order, tags, operation = KEYS[1], KEYS[2], ARGV[1]

-- Of more tags than this the older half is forgotten, together with all pages as old.
local MOST_TAGS = 10000
-- A node that missed more than this many tags forgets all its copies.
local MOST_NEWS = 500

local epoch = redis.call('HGET', order, 'epoch')
local clock = tonumber(redis.call('HGET', order, 'clock'))

-- A caller that has seen a later clock than this server knows: it lost purges.
local lost = epoch == ARGV[4] and tonumber(ARGV[5]) > clock

if not epoch or ARGV[3] == '1' or lost or not redis.call('ZSCORE', tags, 'e:' .. epoch) then
  redis.call('DEL', order, tags)
  epoch, clock = ARGV[2], 0
  redis.call('HSET', order, 'epoch', epoch, 'clock', clock)
  redis.call('ZADD', tags, 0, 'e:' .. epoch)
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

if operation == 'lookup' then
  local entry = redis.call('HMGET', KEYS[3], 'epoch', 'clock', 'tags')
  if entry[1] == epoch and not purged_since(tonumber(entry[2]), cmsgpack.unpack(entry[3])) then
    return {epoch, clock, redis.call('HGET', KEYS[3], 'page')}
  end
  return {epoch, clock}
end

if operation == 'store' then
  local stamp, of = tonumber(ARGV[7]), {}
  for i = 10, #ARGV do
    of[#of + 1] = ARGV[i]
  end
  if ARGV[6] ~= epoch or purged_since(stamp, of) then
    return 0
  end
  redis.call('DEL', KEYS[3])
  redis.call('HSET', KEYS[3], 'epoch', epoch, 'clock', stamp, 'tags', cmsgpack.pack(of),
    'page', ARGV[9])
  redis.call('PEXPIRE', KEYS[3], ARGV[8])
  return 1
end

if operation == 'purge' then
  local now = redis.pcall('HINCRBY', order, 'clock', 1)
  if type(now) == 'table' then
    -- No memory left to remember the purge: forget everything instead, which takes none. Who has
    -- near copies is forgotten too, so the caller has to wait for all.
    redis.call('DEL', order, tags)
    return {'', 0, 1}
  end
  for i = 8, #ARGV do
    redis.call('ZADD', tags, now, 't:' .. ARGV[i])
  end
  if redis.call('ZCARD', tags) > MOST_TAGS then
    local middle = redis.call('ZRANGE', tags, -MOST_TAGS / 2, -MOST_TAGS / 2, 'WITHSCORES')
    redis.call('ZREMRANGEBYSCORE', tags, '-inf', middle[2])
    redis.call('ZADD', tags, middle[2], 'e:' .. epoch)
  end
  local waiting = behind(now)
  for _, node in ipairs(waiting) do
    redis.call('LPUSH', ARGV[6] .. node, '1')
    redis.call('PEXPIRE', ARGV[6] .. node, ARGV[7])
  end
  return {epoch, now, #waiting}
end

if operation == 'behind' then
  return ARGV[6] == epoch and #behind(tonumber(ARGV[7])) or -1
end

if operation == 'forget' then
  if ARGV[6] == epoch then
    for _, node in ipairs(behind(tonumber(ARGV[7]))) do
      -- One that has heard of the purge has a lease from after it, and is not forgotten.
      if tonumber(redis.call('HGET', order, 'h:' .. node)) < tonumber(ARGV[7]) then
        redis.call('HDEL', order, 'o:' .. node, 'h:' .. node)
      end
    end
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
  local news = redis.call('ZRANGEBYSCORE', tags, '(' .. ARGV[8], '+inf', 'WITHSCORES',
    'LIMIT', 0, MOST_NEWS + 1)
  if #news > 2 * MOST_NEWS then
    news = {'e:' .. epoch, tostring(clock)}
  end
  return {epoch, clock, unpack(news)}
end

-- leave
redis.call('HDEL', order, 'o:' .. ARGV[6], 'h:' .. ARGV[6])
redis.call('DEL', KEYS[3])
return 0
