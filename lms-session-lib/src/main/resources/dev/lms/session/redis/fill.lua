-- Reads a session, and enters who keeps a copy of it.
-- KEYS[1]  the session
-- KEYS[2]  who has copies of it, a hash: node, the highest number of its fills; and '!' while
--          somebody waits to change the session
-- ARGV     node, number of the fill, how long that is remembered (ms)
-- Returns what is under the session's key: in a list if the copy was entered and may be kept.
local value = redis.call('GET', KEYS[1])
if not value or not string.match(string.sub(value, 1, 10), '^%d%d%d%d%d%d%d%d%d $') then
  return value -- What is absent or moved may not be known for longer than this moment.
end
local waits = redis.pcall('HGET', KEYS[2], '!')
if waits then
  return value -- Or it is no hash, and so nothing of this library's.
end
local number = redis.call('HGET', KEYS[2], ARGV[1])
if not number or tonumber(number) < tonumber(ARGV[2]) then
  local entered = redis.pcall('HSET', KEYS[2], ARGV[1], ARGV[2])
  if type(entered) == 'table' then
    -- What has no memory left can still be read. A replica should not have been asked.
    return string.find(entered.err, 'OOM', 1, true) and value or entered
  end
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return {value}
