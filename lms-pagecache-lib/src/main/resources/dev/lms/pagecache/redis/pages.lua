-- KEYS[1]  the memory of purges: epoch, clock, and t:<tag> = clock of its last purge
-- KEYS[2]  the page (lookup, store)
-- ARGV[1]  lookup, store or purge
-- ARGV[2]  a name for a new epoch, should one be needed
-- ARGV[3]  1 if this server did not know the script: it was restarted or took over, and may hold
--          entries that outlived the memory of their purges
-- store:   ARGV[4] epoch and ARGV[5] clock of the stamp, ARGV[6] lifetime in ms, ARGV[7] the page,
--          then its tags
-- purge:   the tags from ARGV[4]
local memory, operation = KEYS[1], ARGV[1]

-- More tags than this are forgotten together, with all pages.
local MOST_TAGS = 10000

local function new_epoch()
  redis.call('DEL', memory)
  redis.call('HSET', memory, 'epoch', ARGV[2], 'clock', 0)
  return ARGV[2]
end

local function purged_since(clock, tags)
  local fields = {}
  for i, tag in ipairs(tags) do
    fields[i] = 't:' .. tag
  end
  for _, purged in ipairs(redis.call('HMGET', memory, unpack(fields))) do
    if purged and tonumber(purged) > clock then
      return true
    end
  end
  return false
end

local epoch = redis.call('HGET', memory, 'epoch')
if not epoch or ARGV[3] == '1' then
  epoch = new_epoch()
end

if operation == 'lookup' then
  local now = tonumber(redis.call('HGET', memory, 'clock'))
  local entry = redis.call('HMGET', KEYS[2], 'epoch', 'clock', 'tags')
  if entry[1] == epoch and not purged_since(tonumber(entry[2]), cmsgpack.unpack(entry[3])) then
    return {epoch, now, redis.call('HGET', KEYS[2], 'page')}
  end
  return {epoch, now}
end

if operation == 'store' then
  local clock, tags = tonumber(ARGV[5]), {}
  for i = 8, #ARGV do
    tags[#tags + 1] = ARGV[i]
  end
  if ARGV[4] ~= epoch or purged_since(clock, tags) then
    return 0
  end
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], 'epoch', epoch, 'clock', clock, 'tags', cmsgpack.pack(tags),
    'page', ARGV[7])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
  return 1
end

-- purge
if redis.call('HLEN', memory) > MOST_TAGS then
  new_epoch()
  return 1
end
local clock = redis.pcall('HINCRBY', memory, 'clock', 1)
if type(clock) == 'table' then
  -- No memory left to remember the purge: forget everything instead, which takes none.
  redis.call('DEL', memory)
  return 1
end
for i = 4, #ARGV do
  redis.call('HSET', memory, 't:' .. ARGV[i], clock)
end
return clock
